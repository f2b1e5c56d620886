#!/usr/bin/env python3
"""Runs the acceptance tests:  Tests/Acceptance/run.py [NAME ...]

The tracer is the one that MMSGTRACE names, else .build/release/mmsgtrace. Needs gcc with -m32; the Debian packages strace, stress-ng, knot, bind9-dnsutils, iproute2,
nftables, jq, git; what Tests/requirements.txt names; and root, for namespaces. NAME selects tests that contain it.
"""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))


def main():
    loader = unittest.TestLoader()
    loader.testNamePatterns = [f"*{name}*" for name in sys.argv[1:]] or None
    suite = loader.discover(str(pathlib.Path(__file__).resolve().parent), pattern="test_*.py")
    if suite.countTestCases() == 0:
        sys.exit(f"no test is called like {sys.argv[1:]}")
    result = unittest.TextTestRunner(verbosity=2, durations=None).run(suite) if sys.version_info >= (3, 12) \
        else unittest.TextTestRunner(verbosity=2).run(suite)
    sys.exit(0 if result.wasSuccessful() else 1)


main()
