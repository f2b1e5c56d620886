"""The manual pages against the program: options, record keys, examples, and the size of the help.

MMSGTRACE names the program to ask.
"""

import json
import os
import pathlib
import re
import subprocess
import unittest

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMAND_PAGE = ROOT / "man" / "mmsgtrace.1"
RECORD_PAGE = ROOT / "man" / "mmsgtrace-record.5"

HELP = [["--help"], ["trace", "--help"], ["show", "--help"], ["diff", "--help"], ["check", "--help"], ["schema", "--help"]]
SHELLS = ["bash", "zsh", "fish"]
# swift-argument-parser gives every command this option, but does not list it.
UNLISTED = {"--generate-completion-script"}

# Objects whose keys are values of another key.
COUNTED_BY_VALUE = {"outcomes"}


def run(*arguments, columns=80):
    """What the program writes to its standard output, with an empty standard input."""
    return subprocess.run(
        [os.environ["MMSGTRACE"], *arguments],
        env=dict(os.environ, COLUMNS=str(columns), LINES="50"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=True,
        timeout=30,
        encoding="utf-8",
    ).stdout


def options_in_help(text):
    """`  -o, --output <file>   Write there` gives -o and --output."""
    options = set()
    for line in text.splitlines():
        entry = re.match(r" {1,4}(-.*?)(?: {2,}|$)", line)
        if entry:
            options.update(re.findall(r"(?<![\w-])--?[A-Za-z][\w-]*", entry[1]))
    return options


def options_in_page(source):
    """`.It Fl o Ar FILE , Fl -output Ar FILE` gives -o and --output."""
    options = set()
    for item in re.findall(r"^\.It (Fl .*)$", source, re.MULTILINE):
        options.update("-" + name for name in re.findall(r"\bFl (\S+)", item))
    return options


def repeated_flags(options, text):
    """Of `options` those like -tt, which are a flag given twice, where the help `text` names them."""
    named = {match[0] for match in re.finditer(r"(?<![\w-])-([a-z])\1\b", text)}
    return options & named


def keys_in_schema(schema):
    """The names of all properties, wherever they stand in the schema."""
    keys = set()
    if isinstance(schema, dict):
        properties = schema.get("properties", {})
        keys.update(properties)
        for name, part in schema.items():
            if name != "properties":
                keys |= keys_in_schema(part)
        for name, part in properties.items():
            if name not in COUNTED_BY_VALUE:
                keys |= keys_in_schema(part)
    elif isinstance(schema, list):
        for part in schema:
            keys |= keys_in_schema(part)
    return keys


def values_in_schema(schema):
    """All strings that an `enum` or a `const` of the schema allows, and the codes it gives as
    `examples` because more may be added."""
    values = set()
    if isinstance(schema, dict):
        for name, part in schema.items():
            if name == "const":
                part = [part]
            if name in ("enum", "const") and isinstance(part, list):
                values.update(value for value in part if isinstance(value, str))
            elif name == "examples":
                values.update(value for value in part if re.fullmatch("[a-z_]+", str(value)))
            else:
                values |= values_in_schema(part)
    elif isinstance(schema, list):
        for part in schema:
            values |= values_in_schema(part)
    return values


def keys_in_page(source):
    """`.It Va pid , tid` gives pid and tid; so does `.Va` in running text."""
    keys = set()
    for names in re.findall(r"\bVa ([a-z_]\w*(?: , [a-z_]\w*)*)", source):
        keys.update(names.split(" , "))
    return keys


def examples_in_page(source):
    """The records that stand in the page, unbroken."""
    blocks = re.findall(r'^\.Bd -literal[^\n]*\n(\{"kind".*?)^\.Ed', source, re.MULTILINE | re.DOTALL)
    return [json.loads(block.replace("\\e", "\\")) for block in blocks]


class Readers(unittest.TestCase):
    """The readers above find what is there; otherwise the comparisons below would prove nothing."""

    def test_help(self):
        text = (
            "USAGE: mmsgtrace trace [--output <file> ...] [-x]\n\n"
            "OPTIONS:\n"
            "  -o, --output <file>     Write there, not to --nowhere.\n"
            "  -tt                     Microseconds.\n"
            "  --follow/--no-follow    Children.\n"
            "  --a-very-long-option <value>\n"
            "                          --described on its own line\n"
        )
        self.assertEqual(
            options_in_help(text),
            {"-o", "--output", "-tt", "--follow", "--no-follow", "--a-very-long-option"},
        )

    def test_repeated_flags(self):
        text = "  -t      The time of day; -tt with microseconds.\n  --all   Not --tt.\n"
        self.assertEqual(repeated_flags({"-t", "-tt", "-xx", "--tt"}, text), {"-tt"})

    def test_command_page(self):
        source = ".It Fl o Ar FILE , Fl -output Ar FILE\nsee\n.Fl -other\n.It Fl tt\n.It Cm auto\n"
        self.assertEqual(options_in_page(source), {"-o", "--output", "-tt"})

    def test_schema(self):
        schema = {
            "oneOf": [{"$ref": "#/$defs/a"}],
            "$defs": {
                "a": {"properties": {"kind": {"const": "call"}, "properties": {"type": "null"}}},
                "b": {"items": {"properties": {"level": {"enum": ["x", None]}}}},
                "c": {"examples": ["a_code", "SOL_UDP"]},
            },
        }
        self.assertEqual(keys_in_schema(schema), {"kind", "properties", "level"})
        self.assertEqual(values_in_schema(schema), {"call", "x", "a_code"})

    def test_record_page(self):
        source = ".It Va pid , tid\n.Va vlen ,\n.It Va return No is 0\n"
        self.assertEqual(keys_in_page(source), {"pid", "tid", "vlen", "return"})


class Command(unittest.TestCase):
    def test_every_option_is_in_the_help_and_in_the_page(self):
        texts = [run(*arguments) for arguments in HELP]
        in_help = set().union(*(options_in_help(text) for text in texts))
        in_page = options_in_page(COMMAND_PAGE.read_text(encoding="utf-8"))
        in_help |= repeated_flags(in_page, "".join(texts))
        self.assertGreater(len(in_help), 10, "the help could not be read")
        self.assertEqual(sorted(in_help - in_page), [], "in the help, but not in the page")
        self.assertEqual(sorted(in_page - in_help - UNLISTED), [], "in the page, but not in the help")
        self.assertLessEqual(UNLISTED, in_page)

    def test_every_subcommand_is_in_the_help_and_in_the_page(self):
        listed = re.search(r"^SUBCOMMANDS:\n((?:  .*\n)+)", run("--help"), re.MULTILINE)
        self.assertIsNotNone(listed, "the help lists no subcommands")
        in_help = set(re.findall(r"^  ([a-z]\S*)", listed[1], re.MULTILINE)) - {"help"}
        synopsis = COMMAND_PAGE.read_text(encoding="utf-8").split(".Sh OPTIONS")[0]
        in_page = set(re.findall(r"^\.It Cm (\S+)$", synopsis, re.MULTILINE))
        self.assertEqual(in_help, in_page)

    def test_the_help_fits_a_screen(self):
        for arguments in HELP:
            with self.subTest(arguments):
                lines = run(*arguments).splitlines()
                self.assertLessEqual(len(lines), 50, "too many lines")
                self.assertEqual([line for line in lines if len(line) > 80], [], "too long")

    def test_completion_scripts(self):
        for shell in SHELLS:
            with self.subTest(shell):
                script = run("--generate-completion-script", shell)
                for option in ["output", "payload", "no-follow"]:
                    self.assertIn(option, script)

    def test_version(self):
        self.assertRegex(run("--version"), r"\A(mmsgtrace )?\d+\.\d+\.\d+\n\Z")


class Record(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.schema = json.loads(run("schema"))
        cls.page = RECORD_PAGE.read_text(encoding="utf-8")

    def test_every_key_is_in_the_schema_and_in_the_page(self):
        in_schema = keys_in_schema(self.schema)
        in_page = keys_in_page(self.page)
        self.assertGreater(len(in_schema), 50, "the schema could not be read")
        self.assertEqual(sorted(in_schema - in_page), [], "in the schema, but not in the page")
        self.assertEqual(sorted(in_page - in_schema), [], "in the page, but not in the schema")

    def test_every_value_of_the_schema_is_in_the_page(self):
        words = set(re.findall(r"[\w-]+", self.page))
        self.assertEqual(sorted(values_in_schema(self.schema) - words), [])

    def test_the_examples_follow_the_schema(self):
        validator = jsonschema.Draft202012Validator(self.schema)
        validator.check_schema(self.schema)
        examples = examples_in_page(self.page)
        self.assertEqual(
            [example["kind"] for example in examples],
            ["trace_start", "call", "follow_up", "process", "trace_end"],
        )
        for example in examples:
            with self.subTest(example["kind"]):
                self.assertEqual([error.message for error in validator.iter_errors(example)], [])


if __name__ == "__main__":
    unittest.main()
