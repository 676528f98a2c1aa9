#!/usr/bin/env python3
"""Checks the directions of #include in src/ and include/ against the tables "Layers" and "Foreign headers" of
ARCHITECTURE.md.

    tests/lint/check_layers.py [SOURCE_DIRECTORY]
"""

import fnmatch
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*(<[^>]+>|"[^"]+")', re.MULTILINE)
CODE = re.compile(r"`([^`]+)`")


def read_table(text, heading):
    """Rows of the first table behind a heading: the names in code font of the first and of the last column."""
    rows = {}
    section = text.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    for line in section.splitlines():
        cells = line.strip().strip("|").split("|")
        if line.startswith("| `"):
            for name in CODE.findall(cells[0]):
                rows[name] = CODE.findall(cells[-1])
    return rows


def included(file):
    return [name.strip('<>"') for name in INCLUDE.findall(file.read_text())]


def check_layers(root, layers):
    """A file of src/<layer>/ includes from its own layer and from those that the table allows."""
    for directory in sorted(path for path in (root / "src").iterdir() if path.is_dir()):
        if directory.name not in layers:
            yield f"src/{directory.name}: is not in the table of layers"
            continue
        for file in sorted(directory.rglob("*.[ch]pp")):
            for name in included(file):
                layer = name.split("/")[0]
                if layer in layers and layer != directory.name and layer not in layers[directory.name]:
                    yield f"{file.relative_to(root)}: includes {name}; {directory.name} may not know {layer}"


def check_foreign(root, foreign):
    """Headers of other projects are included in the places that the table names."""
    for file in sorted(path for top in ("src", "include") for path in (root / top).rglob("*.[ch]pp")):
        path = str(file.relative_to(root))
        for name in included(file):
            for pattern, places in foreign.items():
                if fnmatch.fnmatch(name, pattern) and not any(fnmatch.fnmatch(path, place) for place in places):
                    yield f"{path}: includes {name}, which belongs to {' and '.join(places)}"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2]).resolve()
    text = (root / "ARCHITECTURE.md").read_text()
    layers = read_table(text, "Layers")
    foreign = read_table(text, "Foreign headers")
    if len(layers) < 5 or len(foreign) < 3:
        sys.exit("ARCHITECTURE.md: the tables of layers and of foreign headers were not found")
    faults = list(check_layers(root, layers)) + list(check_foreign(root, foreign))
    print("\n".join(faults) or f"{len(layers)} layers, no fault")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
