#!/usr/bin/env python3
"""Names of the tests with the label "slow" that `ctest --show-only=json-v1` prints, with fixtures, but for those with a
timeout above LIMIT seconds, one a line; each day begins at another one: slow_tests.py LIMIT < tests.json"""

import json
import sys
import time


def is_wanted(test, limit):
    properties = {entry["name"]: entry["value"] for entry in test.get("properties", [])}
    return "slow" in properties.get("LABELS", []) and properties.get("TIMEOUT", float("inf")) <= limit


def main():
    limit = float(sys.argv[1])
    names = [test["name"] for test in json.load(sys.stdin)["tests"] if is_wanted(test, limit)]
    # Days are 37 names apart: more than one run has time for, and in a month or two every name has been the first.
    first = int(time.time() // 86400) * 37 % max(1, len(names))
    print(*names[first:], *names[:first], sep="\n")


if __name__ == "__main__":
    main()
