#!/usr/bin/env python3
"""Adds up what several calls of ctest reported (--output-junit): the slowest, the skipped and the failed tests, and
ctest's line with the sum."""

import sys
import xml.etree.ElementTree

LINES_OF_FAILED = 25


def read_tests(paths):
    """Name, status, seconds and output of each test; of one that ran several times (a fixture) the worst result."""
    tests = {}
    for path in paths:
        for case in xml.etree.ElementTree.parse(path).iter("testcase"):
            name = case.get("name")
            if name not in tests or tests[name][1] != "fail":
                tests[name] = (name, case.get("status"), float(case.get("time")), case.findtext("system-out") or "")
    return list(tests.values())


def last_line(output):
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason printed"


def main():
    tests = read_tests(sys.argv[1:])
    if not tests:
        sys.exit("no test was run")
    slowest = sorted(tests, key=lambda test: -test[2])[:3]
    print("slowest:", ", ".join(f"{name} {seconds:.0f} s" for name, _, seconds, _ in slowest))
    for name, status, _, output in tests:
        if status in ("notrun", "disabled"):
            print(f"skipped: {name}: {last_line(output)}")
    failed = [test for test in tests if test[1] == "fail"]
    for name, _, seconds, output in failed:
        print(f"failed: {name} after {seconds:.1f} s")
        for line in output.splitlines()[-LINES_OF_FAILED:]:
            print(f"    {line}")
    percent = 100 * (len(tests) - len(failed)) // len(tests)
    print(f"{percent}% tests passed, {len(failed)} tests failed out of {len(tests)}")


if __name__ == "__main__":
    main()
