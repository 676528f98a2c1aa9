#!/usr/bin/env python3
"""No line of a text file is longer than 120 columns. Tables and blocks of code in Markdown, and links, may be."""

import re
import sys

from sources import text_files

WIDTH = 120


def judged(name, text):
    """The lines that the rule is for, with their numbers."""
    fenced = False
    in_text = False  # of Markdown: a line that is indented here belongs to the paragraph before it
    for number, line in enumerate(text.split("\n"), 1):
        if name.endswith(".md"):
            if line.lstrip().startswith("```"):
                fenced = not fenced
            code = fenced or (line.startswith("    ") and not in_text)
            in_text = bool(line.strip()) and not code
            if code or line.lstrip().startswith("|"):
                continue
        yield number, line


def main():
    faults = [f"{name}:{number}: {len(line)} columns"
              for name, text in text_files() for number, line in judged(name, text)
              if len(line) > WIDTH and not re.fullmatch(r"\W*https?://\S+\W*", line)]
    print("\n".join(faults) or "no line is too long")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
