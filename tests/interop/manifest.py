"""Reads the manifests that the tests in tests/mpi leave beside their files, and works out what a file has to hold."""

import json
import pathlib
import sys

import numpy as np

import formula

LONGEST_COORDINATES = 1 << 22  # longer axes have attributes instead
USUAL_AXES = ["w", "z", "y", "x"]
VALUE_SOURCES = {"special_doubles": lambda dtype: formula.SPECIAL_DOUBLES.view(dtype).reshape(-1, 1)}


def read_all(directories):
    """(path of the file, manifest) for every manifest in these directories; ends the program where there is none."""
    found = []
    for directory in map(pathlib.Path, directories):
        manifests = sorted(directory.glob("*.json"))
        if not manifests:
            sys.exit(f"no manifest in {directory}: the tests that write the files did not run")
        for path in manifests:
            manifest = json.loads(path.read_text(encoding="utf-8"))
            found.append((directory / manifest["file"], manifest))
    return found


def group_path(run):
    return "/" if run["name"] == "/" else "/" + run["name"]


def join(group, name):
    return "/" + name if group == "/" else f"{group}/{name}"


def per_axis(values, count, default):
    values = [float(value) for value in values] or [default]
    return values if len(values) == count else values * count


class Axis:
    """One axis of a field: its name in the file, length, coordinates, unit and attributes."""

    def __init__(self, name, coordinates, spacing, unit, attributes, edges=None, is_bare=False):
        self.name, self.length, self.unit, self.attributes = name, len(coordinates), unit, attributes
        self.spacing, self.coordinates, self.origin = spacing, coordinates, coordinates[0]
        self.edges = edges  # of cells between points that were given one by one
        self.is_bare = is_bare  # a dimension without coordinates

    @property
    def has_coordinates(self):
        return not self.is_bare and self.length <= LONGEST_COORDINATES

    @property
    def bounds(self):
        return None if self.edges is None else np.stack([self.edges[:-1], self.edges[1:]], axis=1)

    def same(self, other):
        return (self.name, self.length, self.unit) == (other.name, other.length, other.unit) and np.array_equal(
            self.coordinates, other.coordinates
        )


def uniform(origin, spacing, numbers):
    return origin + numbers * spacing


def centres(edges):
    return 0.5 * edges[:-1] + 0.5 * edges[1:]


def axes_of(field):
    grid, count = field["grid"], len(field["grid"]["shape"])
    names = grid["axes"] or USUAL_AXES[-count:]
    units = grid["units"] or [grid["unit"]] * count
    attributes = grid["attributes"] or [[]] * count
    spacing = per_axis(grid["spacing"], count, 1.0)
    origin = per_axis(grid["origin"], count, 0.0)
    coordinates = grid["coordinates"] or [None]
    coordinates = coordinates if len(coordinates) == count else coordinates * count
    axes = []
    for axis, points in enumerate(grid["shape"]):
        in_cells = field["location"] >> (count - 1 - axis) & 1
        ring = axis in grid["periodic"]
        name = names[axis] + ("_cell" if in_cells else "")
        between = in_cells and (points > 1 or ring)  # an only point has one cell, on it
        length = points - 1 if between and not ring else points
        numbers = np.arange(length) + (0.5 if between else 0.0)
        given = coordinates[axis]
        if given == "none":
            axes.append(Axis(name, numbers, 1.0, "", [], is_bare=True))
        elif given is None:
            line = uniform(origin[axis], spacing[axis], numbers)
            axes.append(Axis(name, line, spacing[axis], units[axis], attributes[axis]))
        else:
            edges = np.array([float(value) for value in given])
            values = centres(edges) if between else edges[:length]
            axes.append(Axis(name, values, None, units[axis], attributes[axis], edges if between else None))
    return axes


def is_in_file(field, closed):
    """A static field that nobody put is left out, unless it has a fill value. Without close() only what was put is
    there."""
    return bool(field["writes"]) or (closed and (field["time_dependent"] or field["fill"] is not None))


def fields_in_file(run, manifest):
    return [field for field in run["fields"] if is_in_file(field, manifest["closed"])]


def shape_of(field, steps):
    shape = [axis.length for axis in axes_of(field)]
    if field["time_dependent"]:
        shape = [steps] + shape
    return tuple(shape + ([field["components"]] if field["components"] > 1 else []))


def fill_of(field):
    if field["fill"] is None:
        return None
    dtype = np.dtype(field["stored"])
    number = int(field["fill"]) if dtype.kind in "iu" else np.float64(field["fill"])
    return np.array(number).astype(dtype)[()] if dtype.kind == "f" else dtype.type(number)


def put_cells(field, steps):
    """Where ranks have put values, whatever these are: (steps, or 1, then the grid)."""
    put = np.zeros([steps if field["time_dependent"] else 1, *(axis.length for axis in axes_of(field))], dtype=bool)
    for write in field["writes"]:
        for lower, upper in write["boxes"]:
            put[(max(write["step"], 0), *(slice(low, high) for low, high in zip(lower, upper)))] = True
    return put


def values_of(field, steps):
    """Every value of a field, and where there has to be one: everywhere, unless cells without a fill value were not
    put."""
    shape = [axis.length for axis in axes_of(field)]
    stored = np.dtype(field["stored"])
    rows = steps if field["time_dependent"] else 1
    result = np.zeros([rows, *shape, field["components"]], dtype=stored)
    known = np.zeros(result.shape, dtype=bool)
    if field["fill"] is not None:
        result[...] = fill_of(field)
        known[...] = True
    for write in field["writes"]:
        row = max(write["step"], 0)
        for lower, upper in write["boxes"]:
            place = (row, *(slice(low, high) for low, high in zip(lower, upper)))
            if field["values_from"]:
                values = VALUE_SOURCES[field["values_from"]](stored)[place[1:]]
            else:
                values = formula.box_values(
                    field["seed"], write["formula_step"], lower, upper, field["components"], field["given"]
                )
            result[place] = values.astype(stored)
            known[place] = True
    final = shape_of(field, steps)
    return result.reshape(final), known.reshape(final)
