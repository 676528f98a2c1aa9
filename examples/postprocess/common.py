"""What the h5py scripts here share: opening a file, its runs, attributes as Python values, planes of fields, tables."""

import os
import sys
from typing import NamedTuple

# Reading needs no lock, and many parallel and read-only file systems cannot give one. Has to be set before h5py loads.
os.environ.setdefault("HDF5_USE_FILE_LOCKING", "FALSE")

import h5py
import numpy as np


def open_file(path):
    try:
        return h5py.File(path, "r")
    except OSError as error:
        sys.exit(f"cannot open {path}: {error}")


def datasets(group):
    return {name: item for name, item in group.items() if isinstance(item, h5py.Dataset)}


def runs(file):
    """The file's runs by name: every group with datasets, apart from ParaView's; "/" when the root has datasets."""
    groups = {"/": file, **{name: item for name, item in file.items() if isinstance(item, h5py.Group)}}
    groups.pop("VTKHDF", None)
    return {name: group for name, group in groups.items() if datasets(group)}


def find_run(file, name=None):
    """The run of that name; without a name the first."""
    found = runs(file)
    if not found:
        sys.exit(f"{file.filename} has no runs")
    name = next(iter(found)) if name is None else name
    return lookup(found, name, file.filename, "run")


def lookup(items, name, place, kind):
    if name not in items:
        sys.exit(f"{place} has no {kind} {name!r}; it has {', '.join(items)}")
    return items[name]


def value_of(attribute):
    """An attribute as a Python value. h5py gives str, but bytes for what netCDF reads, units for example."""
    if isinstance(attribute, bytes):
        return attribute.decode()
    if isinstance(attribute, np.ndarray):
        return [value_of(element) for element in attribute]
    return attribute.item() if isinstance(attribute, np.generic) else attribute


def unit(dataset):
    return value_of(dataset.attrs.get("units", b""))


def base_name(dataset):
    return dataset.name.rsplit("/", 1)[-1]


def label(dataset):
    """Name and unit for axes, colour bars and columns: "temperature [K]"."""
    return f"{base_name(dataset)} [{unit(dataset)}]" if unit(dataset) else base_name(dataset)


def axes(dataset):
    """The dataset's axes by name, in order: their coordinates, which are datasets too."""
    if h5py.h5ds.is_scale(dataset.id):
        return {base_name(dataset): dataset}
    return {base_name(dimension[0]): dimension[0] for dimension in dataset.dims if len(dimension)}


def has_coordinates(axis):
    """False for the axis that counts components: netCDF's form of a dimension without values."""
    return not value_of(axis.attrs.get("NAME", b"")).startswith("This is a netCDF dimension but not")


class Plane(NamedTuple):
    """A plane of a field at one step: `values` runs over `rows` and `columns`, then over components."""

    values: np.ndarray
    rows: h5py.Dataset
    columns: h5py.Dataset
    field: h5py.Dataset
    title: str


def place(axis, index):
    if not -len(axis) <= index < len(axis):
        sys.exit(f"{axis.name} has {len(axis)} points: there is no index {index}")
    return f"{base_name(axis)} = {axis[index]:.4g} {unit(axis)}".rstrip()


def cut(run, field_name, step, axis_name, index=None):
    """Reads one plane of a field, and nothing else of it. `index` counts along the axis; None is the middle."""
    field = lookup(datasets(run), field_name, run.name, "field")
    field_axes = axes(field)
    normal = lookup(field_axes, axis_name, field.name, "axis")
    where = {axis_name: len(normal) // 2 if index is None else index}
    if "time" in field_axes:
        where["time"] = step
    title = f"{run.name.strip('/')}: " + ", ".join(place(field_axes[name], where[name]) for name in where)
    in_plane = [axis for name, axis in field_axes.items() if name not in where and has_coordinates(axis)]
    if len(in_plane) != 2:
        sys.exit(f"{field.name} has the axes {', '.join(field_axes)}: no plane is normal to {axis_name!r}")
    values = field[tuple(where.get(name, slice(None)) for name in field_axes)]
    return Plane(values, *in_plane, field, title)


def print_table(rows, indent=""):
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        print(indent + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
