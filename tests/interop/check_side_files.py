#!/usr/bin/env python3
"""Follows every reference of the side files in a directory with h5py: they show all fields of their runs, each value of
each step, and hold none themselves; also when study and side files were moved.

    check_side_files.py DIRECTORY [--lagging]     --lagging: side files may show fewer steps than there are
"""

import argparse
import pathlib
import shutil
import tempfile
import xml.etree.ElementTree as xml

import h5py
import numpy as np
from side_scene import runs_of, side_file

NUMBER_TYPES = {"Float": "f", "Char": "i", "Short": "i", "Int": "i", "UChar": "u", "UShort": "u", "UInt": "u"}


class Wrong(Exception):
    """A side file shows something else than its study holds."""


def require(condition, message):
    if not condition:
        raise Wrong(message)


def require_equal(found, wanted, what):
    found, wanted = np.asarray(found), np.asarray(wanted)
    require(found.dtype == wanted.dtype, f"{what}: type {found.dtype}, not {wanted.dtype}")
    require(found.size == wanted.size, f"{what}: shape {found.shape}, not {wanted.shape}")
    equal = np.array_equal(found.ravel(), wanted.ravel(), equal_nan=found.dtype.kind == "f")
    require(equal, f"{what}: other values")


def check_vtkhdf(path, scene, may_lag):
    """\\return the number of steps that it shows"""
    with h5py.File(path) as file:
        top = file["VTKHDF"]
        steps = int(top["Steps"].attrs["NSteps"]) if "Steps" in top else min(1, len(scene.times))
        require(steps == len(scene.times) or may_lag and steps < len(scene.times), f"{path}: {steps} steps")
        check_grid(path, top.attrs, scene)
        if steps > 1:
            require_equal(top["Steps/Values"][...], scene.times[:steps], f"{path} Values")
        for location, group in (("point", top["PointData"]), ("cell", top["CellData"])):
            wanted = {name for name, array in scene.arrays.items() if array.location == location}
            require(set(group) == wanted, f"{path}: {location} arrays {set(group)}, not {wanted}")
        for name, array in scene.arrays.items():
            check_array(path, top, name, array, steps)
        require(set(top["FieldData"]) == set(scene.series), f"{path}: scalars {set(top['FieldData'])}")
        for name, series in scene.series.items():
            found = top["FieldData"][name]
            at = top["Steps/FieldDataOffsets"][name][...] if steps > 1 else range(steps)
            require_equal(np.arange(steps), np.array(at, "i8"), f"{path} offsets of {name}")
            require_equal(found[:steps], series[:steps], f"{path} {name}")
        holds_no_values(path, file)
        return steps


def check_grid(path, attributes, scene):
    kind = attributes.get_id("Type").get_type()
    require(kind.get_cset() == h5py.h5t.CSET_ASCII and not kind.is_variable_str(), f"{path}: Type is no ASCII text")
    require(attributes["Type"] == b"ImageData", f"{path}: {attributes['Type']}")
    extent = np.array(attributes["WholeExtent"]).reshape(3, 2)
    points = list(reversed(scene.points)) + [1] * (3 - len(scene.points))
    require((extent[:, 0] == 0).all() and list(extent[:, 1] + 1) == points, f"{path}: extent {extent}")
    ends = attributes["Origin"] + (extent[:, 1]) * attributes["Spacing"]
    bounds = np.sort([attributes["Origin"], ends], axis=0).T.ravel()
    require(np.allclose(bounds, scene.bounds(), rtol=1e-12, atol=1e-12), f"{path}: bounds {bounds}")


def check_array(path, top, name, array, steps):
    found = top["PointData" if array.location == "point" else "CellData"][name]
    offsets = top.get(f"Steps/{array.location.capitalize()}DataOffsets/{name}") if steps > 1 else None
    for step in range(max(1, steps)):
        at = step if offsets is None else offsets[step]
        values = found[at] if steps > 1 else found[...]
        wanted = array.values(step)
        shape = [n for i, n in enumerate(wanted.shape) if i not in array.thin]
        require(list(values.shape) == shape, f"{path} {name}: shape {values.shape}, not {shape}")
        require_equal(values, wanted, f"{path} {name} step {step}")


def holds_no_values(path, file):
    """What is stored in it are offsets alone."""

    def look(name, item):
        if isinstance(item, h5py.Dataset) and not item.is_virtual:
            require("Offsets/" in name and item.dtype == np.int64, f"{path}: {name} is stored in it")

    file.visititems(look)  # does not follow links to other files


def xdmf_values(item, directory):
    """What a DataItem stands for."""
    if item.get("Format") == "XML":
        return np.array([float(n) for n in item.text.split()])
    if item.get("ItemType") == "HyperSlab":
        selection, source = item
        start, stride, count = np.array(selection.text.split(), int).reshape(3, -1)
        assert (stride == 1).all()
        file, path = source.text.rsplit(":", 1)
        with h5py.File(directory / file) as study:
            require(study[path].shape[1:] == tuple(count[1:]), f"{path}: {count} of {study[path].shape}")
            values = study[path][tuple(slice(s, s + c) for s, c in zip(start, count))]
        declared = source
    else:
        file, path = item.text.rsplit(":", 1)
        with h5py.File(directory / file) as study:
            values = study[path][...]
        declared = item
    kind = np.dtype(NUMBER_TYPES[declared.get("NumberType")] + declared.get("Precision"))
    # The readers have no uint64.
    is_same = kind == values.dtype or (kind, values.dtype) == (np.dtype("i8"), np.dtype("u8"))
    require(is_same, f"{path}: declared as {kind}, is {values.dtype}")
    return values.reshape([int(n) for n in item.get("Dimensions").split()])


def check_geometry(path, grid, scene):
    """Points at equal distances by origin and spacing, others one by one, x first."""
    is_uniform = scene.is_uniform()
    kind = grid.find("Topology").get("TopologyType")
    require(kind == ("3DCoRectMesh" if is_uniform else "3DRectMesh"), f"{path}: {kind}")
    if is_uniform:
        origin, spacing = ([float(n) for n in item.text.split()][::-1] for item in grid.find("Geometry"))
        found = [o + np.arange(n) * d for o, d, n in zip(origin, spacing, scene.points[::-1])]
    else:
        found = [xdmf_values(item, path.parent) for item in grid.find("Geometry")]
    for values, (name, _, points) in zip(found, reversed(scene.axes)):
        is_right = np.allclose(values, points, rtol=1e-12, atol=1e-12)
        require(is_right, f"{path}: points along {name} {values}, not {points}")


def check_xmf(path, scene, may_lag):
    domain = xml.parse(path).getroot()[0]
    grids = domain.findall("Grid[@GridType='Uniform']") or domain.findall("Grid/Grid")
    steps = len(grids) if len(scene.times) else 0
    require(steps == len(scene.times) or may_lag and steps < len(scene.times), f"{path}: {steps} steps")
    for step, grid in enumerate(grids):
        if steps:
            require(float(grid.find("Time").get("Value")) == scene.times[step], f"{path}: time of step {step}")
        points = [int(n) for n in grid.find("Topology").get("Dimensions").split()]
        require(points == [1] * (3 - len(scene.points)) + scene.points, f"{path}: points {points}")
        check_geometry(path, grid, scene)
        found = {(a.get("Center"), a.get("Name")): a[0] for a in grid.findall("Attribute")}
        centers = {"point": "Node", "cell": "Cell"}
        wanted = {(centers[array.location], name): array.values(step) for name, array in scene.arrays.items()
                  if scene.fits_xdmf(array)}
        wanted |= {("Grid", name): series[step : step + 1] for name, series in scene.series.items()}
        require(set(found) == set(wanted), f"{path}: {set(found) ^ set(wanted)}")
        for key, item in found.items():
            require_equal(xdmf_values(item, path.parent), wanted[key], f"{path} {key} step {step}")
    return steps


CHECKS = {".vtkhdf": check_vtkhdf, ".xmf": check_xmf}


def check_study(study, may_lag):
    """\\return what was found, in words"""
    seen = []
    with h5py.File(study) as file:
        for run, scene in runs_of(file).items():
            for extension, check in CHECKS.items():
                path = side_file(study, run, extension)
                possible = bool(scene.arrays) and (extension == ".xmf" or scene.fits_vtkhdf())
                if extension == ".xmf" and ":" in run:
                    possible = False
                require(possible or not path.exists(), f"{path} shows what it cannot")
                if possible and (path.exists() or not may_lag):
                    seen.append(f"{path.name}: {check(path, scene, may_lag)} steps")
                # Copies that the test made between two commits.
                for copy in sorted(study.parent.glob(path.stem + ".after*" + extension)):
                    seen.append(f"{copy.name}: {check(copy, scene, True)} steps")
                    wanted = int(copy.stem.rsplit("after", 1)[1])
                    require(seen[-1].endswith(f": {wanted} steps"), f"{seen[-1]}, not {wanted}")
    return seen


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--lagging", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.directory.resolve().parent) as elsewhere:
        moved = pathlib.Path(elsewhere) / "moved"
        shutil.copytree(options.directory, moved)
        studies = sorted(moved.glob("*.h5"))
        require(studies, f"no study in {options.directory}")
        seen = [line for study in studies for line in check_study(study, options.lagging)]
    require(seen, "no side file")
    print("\n".join(seen))


if __name__ == "__main__":
    main()
