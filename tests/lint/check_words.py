#!/usr/bin/env python3
"""Words that were replaced by the field's terms (old_words.txt) do not come back."""

import pathlib
import re
import sys

from sources import text_files

LIST = pathlib.Path(__file__).with_name("old_words.txt")


def read_list():
    """Pairs of a regular expression and what to write instead."""
    for line in LIST.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            pattern, instead = line.split(" -> ")
            yield re.compile(pattern.strip()), instead.strip()


def main():
    words = list(read_list())
    faults = []
    for name, text in text_files():
        if name == "tests/lint/old_words.txt":
            continue
        for number, line in enumerate(text.split("\n"), 1):
            faults += [f"{name}:{number}: '{found.group(0)}'; write {instead}"
                       for pattern, instead in words if (found := pattern.search(line))]
    print("\n".join(faults) or f"none of {len(words)} old words")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
