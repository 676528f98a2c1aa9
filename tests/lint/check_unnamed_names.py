#!/usr/bin/env python3
"""Sources that are compiled together (tessera_compile_directories_together) give what their unnamed namespaces define
names that no other source of the directory has: a build with a compiler cache would not tell."""

import collections
import re
import sys

from sources import root

TOGETHER = ("schema", "writer", "reader", "tools/*")
TYPE = re.compile(r"(?:class|struct|enum(?: class)?|using) (\w+)")
OTHER = re.compile(r"[^=({]*?\b(\w+)\s*(?:\(|=|\{|;|\[)")


def defined_names(text):
    """Of the lines that begin in the first column of an unnamed namespace."""
    inside = False
    for line in text.splitlines():
        if line.startswith("namespace {"):
            inside = True
        elif line.startswith("}  // namespace"):
            inside = False
        elif inside and line and line[0] not in " }#/":
            match = TYPE.match(line) or OTHER.match(line)
            if match and match[1] != "noreturn":
                yield match[1]


def main():
    faults = []
    for pattern in TOGETHER:
        for directory in sorted((root / "src").glob(pattern)):
            files = collections.defaultdict(set)
            for source in sorted(directory.glob("*.cpp")):
                for name in defined_names(source.read_text(encoding="utf-8")):
                    files[name].add(source.name)
            place = directory.relative_to(root).as_posix()
            faults += [f"{place}: {name} is in {', '.join(sorted(where))}; name one of them differently"
                       for name, where in files.items() if len(where) > 1]
    print("\n".join(faults) or "no fault")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
