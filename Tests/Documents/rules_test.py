"""Every rule of the diagnosis says what it is a rule of."""

import re
import unittest
from pathlib import Path

RULES = Path(__file__).resolve().parents[2] / "Sources" / "Analysis" / "Diagnosis" / "Rules"
CHECK = re.compile(r"func (\w+)\(_ failed: FailedMessage\) -> Finding\?")
# EINVAL or EBADF (`scm_fp_copy`; kernel.md §3.4, SCM_RIGHTS): too many descriptors
FORM = re.compile(
    r"^(E[A-Z0-9]+\b|The errno of )[^(]*\([^)]*; (kernel\.md §\d|not in kernel\.md)[^:]*\): ."
)


def rules(text):
    """The name and the comment's lines of each function that is a check."""
    comment = []
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("///"):
            comment.append(line.removeprefix("///").strip())
            continue
        if found := CHECK.search(line):
            yield found[1], comment
        comment = []


class Rules(unittest.TestCase):
    def test_the_form_is_told_from_others(self):
        text = """
          /// EINVAL (`f`; kernel.md §2.1 row 3): it is wrong.
          static func cited(_ failed: FailedMessage) -> Finding? {
          /// It is wrong.
          static func uncited(_ failed: FailedMessage) -> Finding? {
        """
        fits = {name: bool(FORM.match(" ".join(lines))) for name, lines in rules(text)}
        self.assertEqual(fits, {"cited": True, "uncited": False})

    def test_each_names_errno_kernel_function_and_section(self):
        count = 0
        for path in sorted(RULES.glob("*.swift")):
            for name, lines in rules(path.read_text()):
                count += 1
                with self.subTest(f"{path.stem}.{name}"):
                    self.assertRegex(" ".join(lines), FORM)
                    self.assertLessEqual(len(lines), 3)
        self.assertGreater(count, 100)


if __name__ == "__main__":
    unittest.main()
