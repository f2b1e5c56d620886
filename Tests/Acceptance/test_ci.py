"""samples/ci: the fragments for GitHub Actions and GitLab CI are valid, and what they run works.

Each is run in a workspace of its own, with a copy of this repository and with the rights that a
container has: no CAP_SYS_PTRACE, no pidfd_getfd(2). Installing packages is left out, and so is the
build, which the tests have behind them: both are told to a stand-in, which checks that it is asked
for what is there. With MMSGTRACE_FULL it builds.
"""

import importlib.resources
import json
import os
import shutil
import unittest
import xml.etree.ElementTree

import jsonschema
import yaml

import support

FOLDER = support.ROOT / "samples/ci"
FULL = bool(os.environ.get("MMSGTRACE_FULL"))
# What Docker leaves to a container, see "Runtime privilege and Linux capabilities" of its manual.
CAPABILITIES = ("chown", "dac_override", "fowner", "fsetid", "kill", "setgid", "setuid", "setpcap",
                "net_bind_service", "net_raw", "sys_chroot", "mknod", "audit_write", "setfcap")
PACKAGES = {"gcc", "libc6-dev", "make", "pkg-config", "libseccomp-dev", "libyaml-dev"}
RELEASE = "-c release --static-swift-stdlib -Xswiftc -static-executable"

APT_GET = """#!/bin/sh
echo "$@" >> "$STAND_INS/packages"
"""
# `swift build [--package-path FOLDER] ... [--show-bin-path]`
SWIFT = f"""#!/bin/bash
set -eu
[[ $1 = build ]]; shift
folder=.
if [[ $1 = --package-path ]]; then folder=$2; shift 2; fi
test -f "$folder/Package.swift"
shown=false
if [[ ${{*: -1}} = --show-bin-path ]]; then shown=true; set -- "${{@:1:$#-1}}"; fi
[[ "$*" = "{RELEASE}" ]]
if [[ -n $REAL_SWIFT ]]; then
  if $shown; then set -- "$@" --show-bin-path; fi
  exec "$REAL_SWIFT" build --package-path "$folder" "$@"
fi
if $shown; then dirname "$MMSGTRACE"; fi
"""
# /usr/local/bin is one of the job's own. The rights of a container are what the rest has.
IN_CONTAINER = """
mount --bind "$STAND_INS/bin" /usr/local/bin
exec setpriv --bounding-set "-all,$CAPABILITIES" --inh-caps "-all,$CAPABILITIES" "$WITHOUT" bash -eo pipefail "$@"
"""


def schema(name):
    text = (importlib.resources.files("check_jsonschema") / f"builtin_schemas/vendor/{name}.json").read_text()
    return jsonschema.validators.validator_for(json.loads(text))(json.loads(text))


@support.need_root
class Fragments(support.TracingTest):
    limit = 1200 if FULL else 60

    def setUp(self):
        super().setUp()
        self.workspace, self.stand_ins = self.folder / "workspace", self.folder / "stand-ins"
        (self.stand_ins / "bin").mkdir(parents=True)
        for name, text in (("apt-get", APT_GET), ("swift", SWIFT)):
            (self.stand_ins / name).write_text(text)
            (self.stand_ins / name).chmod(0o755)

    def checkout(self, path):
        """A copy of what is under version control: nothing that was built."""
        shutil.copytree(support.ROOT, path, ignore=shutil.ignore_patterns(".build", ".venv", "build", ".git", "__pycache__"),
                        dirs_exist_ok=True)

    def read(self, name, kind):
        fragment = yaml.safe_load((FOLDER / name).read_text())
        # `on` is true, for YAML 1.1.
        document = {"on" if key is True else key: value for key, value in fragment.items()}
        self.assertEqual([error.message for error in schema(kind).iter_errors(document)], [])
        return document

    def shell(self, script, variables, folder=""):
        """Runs lines of a job, as a container would; how they ended."""
        environment = {
            "PATH": f"{self.stand_ins}:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(self.folder),
            "STAND_INS": str(self.stand_ins), "CAPABILITIES": ",".join(f"+{name}" for name in CAPABILITIES),
            "WITHOUT": str(support.PROGRAMS / "without_pidfd"), "MMSGTRACE": str(support.TRACER),
            "REAL_SWIFT": shutil.which("swift") if FULL else "", "GIT_CONFIG_NOSYSTEM": "1"}
        return support.run(["unshare", "--mount", "sh", "-ec", IN_CONTAINER, "sh", "-c", script],
                           env={**environment, **variables}, cwd=self.workspace / folder, limit=self.limit)

    def check_reports(self, broken):
        self.assertEqual({path.name for path in self.workspace.glob("sendmmsg.*")},
                         {"sendmmsg.xml", "sendmmsg.sarif", "sendmmsg.jsonl"})
        suite = xml.etree.ElementTree.parse(self.workspace / "sendmmsg.xml").getroot().find("testsuite")
        self.assertEqual(suite.get("failures") != "0", broken)
        results = json.loads((self.workspace / "sendmmsg.sarif").read_text())["runs"][0]["results"]
        self.assertEqual(any(result["level"] == "error" for result in results), broken)
        self.assertTrue(support.parse_records((self.workspace / "sendmmsg.jsonl").read_bytes()))

    def check_installed(self, also=()):
        asked = (self.stand_ins / "packages").read_text().splitlines()
        self.assertEqual(asked[0].split()[0], "update")
        names = {word for word in asked[1].split()[1:] if not word.startswith("-")}
        self.assertEqual(names, PACKAGES | set(also))
        installed = self.stand_ins / "bin/mmsgtrace"
        self.assertTrue(os.access(installed, os.X_OK))
        if not FULL:
            self.assertEqual(installed.read_bytes(), support.TRACER.read_bytes())

    def test_the_stand_in_for_swift_refuses(self):
        self.workspace.mkdir()
        self.assertNotEqual(self.shell(f"swift build {RELEASE}", {}).status, 0)
        (self.workspace / "Package.swift").touch()
        if not FULL:
            self.assertEqual(self.shell(f"swift build {RELEASE}", {}).status, 0)
        self.assertNotEqual(self.shell("swift build -c debug", {}).status, 0)

    def test_the_rights_are_those_of_a_container(self):
        self.workspace.mkdir()
        done = self.shell("grep CapEff /proc/self/status", {})
        # CAP_SYS_PTRACE is 19, CAP_SYS_ADMIN 21, CAP_CHOWN 0.
        self.assertEqual(int(done.out.split()[1], 16) & (1 << 19 | 1 << 21 | 1), 1, done)

    def test_github_actions(self):
        workflow = self.read("github-actions.yml", "github-workflows")
        self.assertEqual(workflow["permissions"]["security-events"], "write")
        job, = workflow["jobs"].values()
        used = {step["uses"].partition("@")[0]: step for step in job["steps"] if "uses" in step}
        self.assertEqual(set(used), {"actions/checkout", "github/codeql-action/upload-sarif", "actions/upload-artifact"})
        self.assertEqual(used["github/codeql-action/upload-sarif"]["with"]["sarif_file"], "sendmmsg.sarif")
        kept = used["actions/upload-artifact"]["with"]["path"].split()
        self.assertEqual(kept, ["sendmmsg.xml", "sendmmsg.sarif", "sendmmsg.jsonl"])
        for name in ("github/codeql-action/upload-sarif", "actions/upload-artifact"):
            self.assertIn("always()", used[name]["if"], "not uploaded where the check fails")
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout"):
                self.checkout(self.workspace / step.get("with", {}).get("path", ""))
            elif "run" in step:
                self.assertNotIn("${{", step["run"])
                done = self.shell(step["run"], workflow["env"], step.get("working-directory", ""))
                self.assertEqual(done.status, 0, (step["name"], done))
        self.check_installed()
        self.check_reports(broken=False)
        # And where a rule is broken, the step fails and has annotations.
        variables = {**workflow["env"], "TESTS": str(support.SAMPLES / "ignores_count")}
        done = self.shell(job["steps"][4]["run"], variables)
        self.assertEqual(done.status, 1, done)
        self.assertIn(f"::error file={variables['POLICY']},line=", done.err.decode())
        self.check_reports(broken=True)

    def test_gitlab(self):
        pipeline = self.read("gitlab-ci.yml", "gitlab-ci")
        job, = pipeline.values()
        self.assertEqual(job["artifacts"]["reports"], {"junit": "sendmmsg.xml"})
        self.assertEqual((job["artifacts"]["when"], job["artifacts"]["paths"]),
                         ("always", ["sendmmsg.sarif", "sendmmsg.jsonl"]))
        self.checkout(self.workspace)
        origin = self.folder / "origin"
        self.checkout(origin)
        git = ["git", "-c", "user.name=a", "-c", "user.email=b", "-C", origin]
        for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "-m", "all of it"]):
            made = support.run([*git, *words])
            self.assertEqual(made.status, 0, made.err)
        variables = dict(job["variables"])
        for name, value in job["variables"].items():
            if value == "$CI_REPOSITORY_URL":
                variables[name] = f"file://{origin}"
        self.assertIn(f"file://{origin}", variables.values())
        done = self.shell("\n".join(job["before_script"] + job["script"]), variables)
        self.assertEqual(done.status, 0, done)
        self.check_installed(also=["git"])
        self.check_reports(broken=False)
        variables["TESTS"] = str(support.SAMPLES / "ignores_count")
        self.assertEqual(self.shell("\n".join(job["script"]), variables).status, 1)
        self.check_reports(broken=True)


if __name__ == "__main__":
    unittest.main()
