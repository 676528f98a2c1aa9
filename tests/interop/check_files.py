#!/usr/bin/env python3
"""Compares files with their manifests by h5py: every value, shape, type, attribute, axis, chunk, filter and fill value.

    check_files.py DIRECTORY...

The independent witness of the tests in tests/mpi: nothing here uses Tessera.
"""

import re
import sys

import h5py
import numpy as np

import manifest as manifests
from check_statistics import check_statistics
from checker import Checker, check_attributes, check_scale, check_tracked, text_attributes

def check_storage(check, where, dataset, field):
    """Chunk shape, filters in order, fill value."""
    chunk = list(dataset.chunks)
    if field["time_dependent"]:
        check.equal(f"{where} chunk in time", chunk.pop(0), 1)
    if field["components"] > 1:
        check.equal(f"{where} chunk in components", chunk.pop(), field["components"])
    if field["chunk"] is not None:
        check.equal(f"{where} chunk", chunk, field["chunk"])
    expected = []
    if field["level"] > 0:
        if field["shuffle"] and dataset.dtype.itemsize > 1:
            expected.append((h5py.h5z.FILTER_SHUFFLE, (dataset.dtype.itemsize,)))
        expected.append((h5py.h5z.FILTER_DEFLATE, (field["level"],)))
    for number in range(dataset.id.get_num_chunks()):
        check.equal(f"{where} filter mask of chunk {number}", dataset.id.get_chunk_info(number).filter_mask, 0)
    plist = dataset.id.get_create_plist()
    filters = [plist.get_filter(number) for number in range(plist.get_nfilters())]
    check.equal(f"{where} filters", [(code, values) for code, _, values, _ in filters], expected)
    fill = manifests.fill_of(field)
    check.equal(f"{where} has _FillValue", "_FillValue" in dataset.attrs, fill is not None)
    if fill is not None:
        check.same_bytes(f"{where} fill value", np.asarray(dataset.fillvalue), np.asarray(fill))
        check.same_bytes(f"{where} _FillValue", dataset.attrs["_FillValue"], np.array([fill]))


def check_field(check, group, field, steps):
    where = manifests.join(group.name, field["name"])
    dataset = group[field["name"]]
    values, known = manifests.values_of(field, steps)
    check.same_bytes(where, dataset[...], values, known)
    check.equal(f"{where} first axis is unlimited", dataset.maxshape[0] is None, field["time_dependent"])
    check.equal(f"{where} other axes are fixed", dataset.maxshape[1:], dataset.shape[1:])
    axes = (["time"] if field["time_dependent"] else []) + [axis.name for axis in manifests.axes_of(field)]
    if field["components"] > 1:
        axes.append(f"component_{field['components']}")
    scales = [[scale.name.split("/")[-1] for scale in dimension.values()] for dimension in dataset.dims]
    check.equal(f"{where} axes", scales, [[axis] for axis in axes])
    expected = text_attributes(units=field["unit"], long_name=field["long_name"]) + field["attributes"]
    check_attributes(check, where, dataset, expected)
    check_storage(check, where, dataset, field)


def check_scalar(check, group, scalar, steps):
    where = manifests.join(group.name, scalar["name"])
    dataset = group[scalar["name"]]
    expected = np.full(steps, np.nan)
    for step, value in scalar["values"]:
        expected[step] = float(value)
    check.same_bytes(where, dataset[...], expected)
    check.equal(f"{where} axis", [scale.name for scale in dataset.dims[0].values()],
                [manifests.join(group.name, "time")])
    check_attributes(check, where, dataset, text_attributes(units=scalar["unit"], long_name=scalar["long_name"]))


def check_components(check, group, count):
    """The dimension that components make."""
    name = f"component_{count}"
    where = manifests.join(group.name, name)
    # No coordinates, and nothing that lay in the writer's memory either.
    check.same_bytes(where, group[name][...], np.zeros(count, "float32"))
    check_scale(check, group[name], where, name, is_bare=True)
    return name


def check_bounds(check, group, axis):
    """Both ends of each cell; returns the names of what they are made of."""
    name = f"{axis.name}_bounds"
    where = manifests.join(group.name, name)
    check.same_bytes(where, group[name][...], axis.bounds)
    scales = [[scale.name.split("/")[-1] for scale in dimension.values()] for dimension in group[name].dims]
    check.equal(f"{where} axes", scales, [[axis.name], ["component_2"]])
    check_attributes(check, where, group[name], [])
    return {name, check_components(check, group, 2)}


def check_axes(check, group, fields):
    """Coordinates and dimensions of a run's fields; returns their names."""
    names = set()
    for field in fields:
        for axis in manifests.axes_of(field):
            names.add(axis.name)
            where = manifests.join(group.name, axis.name)
            expected = text_attributes(units=axis.unit)
            if axis.has_coordinates:
                check.same_bytes(where, group[axis.name][...], axis.coordinates)
            else:
                check.equal(f"{where} length", group[axis.name].shape, (axis.length,))
            if axis.edges is not None:
                expected += text_attributes(bounds=f"{axis.name}_bounds")
                names |= check_bounds(check, group, axis)
            if axis.length > manifests.LONGEST_COORDINATES and not axis.is_bare:
                expected = [["origin", "float64", axis.origin], ["spacing", "float64", axis.spacing]] + expected
            check_attributes(check, where, group[axis.name], expected + axis.attributes)
            check_scale(check, group[axis.name], where, axis.name, is_bare=not axis.has_coordinates)
        if field["components"] > 1:
            names.add(check_components(check, group, field["components"]))
    return names


def check_time(check, group, run):
    where = manifests.join(group.name, "time")
    check.same_bytes(where, group["time"][...], np.array([float(time) for time in run["times"]]))
    check.equal(f"{where} is unlimited", group["time"].maxshape, (None,))
    expected = text_attributes(units=run["time_unit"])
    if not any(name == "axis" for name, _, _ in run["time_attributes"]):
        expected += text_attributes(axis="T")
    check_attributes(check, where, group["time"], expected + run["time_attributes"])
    check_scale(check, group["time"], where, "time")


def check_run(check, file, run, manifest):
    """Returns the names of all members that the group has to have."""
    group = file[manifests.group_path(run)]
    fields = manifests.fields_in_file(run, manifest)
    steps = len(run["times"])
    members = check_axes(check, group, fields)
    if steps > 0 or any(field["time_dependent"] for field in fields):
        members.add("time")
        check_time(check, group, run)
    for field in fields:
        members.add(field["name"])
        check_field(check, group, field, steps)
    for scalar in run["scalars"]:
        if scalar["values"] or (manifest["closed"] and "time" in members):
            members.add(scalar["name"])
            check_scalar(check, group, scalar, steps)
    members |= check_statistics(check, group, fields, steps)
    if run["name"] != "/":
        check_attributes(check, group.name, group, run["attributes"])
        check.equal(f"{group.name} members", set(group), members)
    return members


def check_root(check, file, manifest):
    history = file.attrs["history"].decode()
    stamp = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ: "
    dropped = rf"(\n{stamp}dropped steps \d+ to \d+ of .*, to go on from there)*"  # by a job that continued it
    if not re.fullmatch(stamp + r"created by Tessera [\d.]+" + dropped, history):
        check.errors.append(f"history: {history!r}")
    expected = [["Conventions", "string", "CF-1.10"], ["creator", "string", file.attrs["creator"]],
                ["history", "string", history]] + manifest["attributes"]
    for run in manifest["runs"]:
        expected += run["attributes"] if run["name"] == "/" else []
    check_attributes(check, "/", file, expected)


def is_empty(manifest):
    """Neither a commit nor close() brought anything into the file."""
    runs = manifest["runs"]
    return not manifest["closed"] and not any(run["times"] or manifests.fields_in_file(run, manifest) for run in runs)


def check_file(path, manifest):
    check = Checker()
    with h5py.File(path, "r") as file:
        if is_empty(manifest):
            check.equal("/ members", list(file), [])
            check.equal("/ attributes", list(file.attrs), [])
            return check
        check_root(check, file, manifest)
        members = set()
        for run in manifest["runs"]:
            of_run = check_run(check, file, run, manifest)
            members |= of_run if run["name"] == "/" else {run["name"]}
        check.equal("/ members", set(file), members)
        check_tracked(check, file["/"])
        file.visititems(lambda _, object_: check_tracked(check, object_))
    return check


def main():
    files = values = 0
    failed = False
    for path, manifest in manifests.read_all(sys.argv[1:]):
        check = check_file(path, manifest)
        files += 1
        values += check.values
        for error in check.errors:
            failed = True
            print(f"{path.name}: {error}")
    print(f"{files} files, {values} values compared")
    sys.exit(1 if failed or values == 0 else 0)


if __name__ == "__main__":
    main()
