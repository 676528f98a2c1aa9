#!/usr/bin/env python3
"""Reads files as netCDF: ncdump, then all dimensions, values and attributes by the library, which then adds attributes.

    check_netcdf.py DIRECTORY...
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

import netCDF4
import numpy as np

import manifest as manifests


def ncdump_problems(path):
    run = subprocess.run(["ncdump", "-h", str(path)], capture_output=True, text=True, timeout=60, check=False)
    problems = []
    if run.returncode or run.stderr.strip():
        problems.append(f"ncdump -h: exit code {run.returncode}, {run.stderr.strip()[:500]}")
    for word in ("phony", "types:"):  # dimensions without names, types of our own
        if word in run.stdout:
            problems.append(f"ncdump -h shows '{word}'")
    return problems


def expected_dimensions(field):
    names = ["time"] * field["time_dependent"] + [axis.name for axis in manifests.axes_of(field)]
    return tuple(names + [f"component_{field['components']}"] * (field["components"] > 1))


def field_problems(group, field, steps):
    variable = group.variables[field["name"]]
    variable.set_auto_maskandscale(False)
    expected, known = manifests.values_of(field, steps)
    actual = variable[...]
    if variable.dimensions != expected_dimensions(field):
        yield f"{field['name']}: dimensions {variable.dimensions}, expected {expected_dimensions(field)}"
    elif actual.dtype != expected.dtype or actual.shape != expected.shape:
        yield f"{field['name']}: {actual.dtype} {actual.shape}, expected {expected.dtype} {expected.shape}"
    elif not np.array_equal(actual[known], expected[known], equal_nan=expected.dtype.kind == "f"):
        yield f"{field['name']}: other values"
    fill = manifests.fill_of(field)
    if fill is not None:
        actual = variable.getncattr("_FillValue")
        if not np.array_equal(actual, fill, equal_nan=fill.dtype.kind == "f"):
            yield f"{field['name']}: _FillValue {actual}"
    for name, text in (("units", field["unit"]), ("long_name", field["long_name"])):
        if text and variable.getncattr(name) != text:
            yield f"{field['name']}: {name} {variable.getncattr(name)!r}"


def attribute_problems(owner, attributes):
    for name, kind, value in attributes:
        actual = owner.getncattr(name)
        if kind == "string":
            same = (list(actual) if isinstance(value, list) and not isinstance(actual, str) else actual) in (
                value,
                value[0] if isinstance(value, list) else value,
            )
        else:
            number = float if kind.startswith("float") else int
            dtype = "int8" if kind == "bool" else kind
            expected = np.array([number(item) for item in np.atleast_1d(value)]).astype(dtype)
            same = np.array_equal(np.atleast_1d(actual), expected, equal_nan=expected.dtype.kind == "f")
        if not same:
            yield f"attribute {name}: {actual!r}, expected {value!r}"


def run_problems(file, run, manifest):
    group = file if run["name"] == "/" else file.groups[run["name"]]
    steps = len(run["times"])
    yield from attribute_problems(group, run["attributes"])
    fields = manifests.fields_in_file(run, manifest)
    for field in fields:
        yield from field_problems(group, field, steps)
        yield from attribute_problems(group.variables[field["name"]], field["attributes"])
        for axis in manifests.axes_of(field):
            if not axis.has_coordinates:
                if axis.name in group.variables or len(group.dimensions[axis.name]) != axis.length:
                    yield f"dimension {axis.name}"
            elif not np.array_equal(group.variables[axis.name][...], axis.coordinates):
                yield f"coordinates {axis.name}"
    if "time" in group.dimensions and not group.dimensions["time"].isunlimited():
        yield "time is not unlimited"
    if steps and group.variables["time"].units != run["time_unit"]:
        yield f"units of time: {group.variables['time'].units!r}"


def append_problems(path):
    """NetCDF opens a file for writing only where the order of links and attributes is tracked."""
    with tempfile.TemporaryDirectory() as directory:
        copy = shutil.copy(path, pathlib.Path(directory) / "copy.h5")
        with netCDF4.Dataset(copy, "a") as file:
            file.setncattr("added", "by the netCDF library")
            variables = [v for g in [file, *file.groups.values()] for v in g.variables.values()]
            for variable in variables:
                variable.setncattr("added", 1)
        with netCDF4.Dataset(copy) as file:
            if file.added != "by the netCDF library":
                yield "an attribute that netCDF added is lost"


def main():
    files = 0
    failed = False
    for path, manifest in manifests.read_all(sys.argv[1:]):
        problems = ncdump_problems(path)
        with netCDF4.Dataset(path) as file:
            for run in manifest["runs"]:
                problems += run_problems(file, run, manifest)
        problems += append_problems(path)
        files += 1
        for problem in problems:
            failed = True
            print(f"{path.name}: {problem}")
    print(f"{files} files")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
