#!/usr/bin/env python3
"""Are FORMAT.md's formulas of coordinates those by which all other tests compare every file's bytes (manifest.py)?

    check_coordinates.py FORMAT.md
"""

import re
import sys

import numpy as np

import manifest


def formulas(path):
    """Of points, of cells, and of cells between points that were given, as Python."""
    with open(path, encoding="utf-8") as file:
        text = " ".join(file.read().split())
    uniform = re.search(r"Coordinates are float64: `([^`]*)`, in cells `([^`]*)`", text)
    centre = re.search(r"cells between them have their centre `([^`]*)`", text)
    return [*uniform.groups(), centre.group(1)]


def require_same(what, formula, values, expected):
    found = eval(formula, {}, values)  # pylint: disable=eval-used
    differing = np.flatnonzero(found.view(np.int64) != expected.view(np.int64))
    if differing.size > 0:
        first = differing[0]
        sys.exit(f"{what}: {formula} is {found[first]!r}, and the files have {expected[first]!r}; "
                 f"so are {differing.size} of {found.size}")


def main():
    random = np.random.default_rng(7)
    count = 200_000
    i = random.integers(0, 1 << 22, count).astype(float)
    origin, spacing, a = (random.standard_normal(count) * 10.0 ** random.integers(-12, 12, count) for _ in range(3))
    points, cells, centre = formulas(sys.argv[1])
    require_same("points", points, {"origin": origin, "i": i, "spacing": spacing},
                 manifest.uniform(origin, spacing, i))
    require_same("cells", cells, {"origin": origin, "i": i, "spacing": spacing},
                 manifest.uniform(origin, spacing, i + 0.5))
    require_same("centres", centre, {"a": a[:-1], "b": a[1:]}, manifest.centres(a))
    print(f"{3 * count - 1} coordinates are those of {points}, {cells} and {centre}")


main()
