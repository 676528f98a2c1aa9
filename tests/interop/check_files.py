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

TRACKED = h5py.h5p.CRT_ORDER_TRACKED | h5py.h5p.CRT_ORDER_INDEXED
BOOKKEEPING = {"CLASS", "NAME", "REFERENCE_LIST", "DIMENSION_LIST", "_FillValue", "_Netcdf4Dimid"}


class Checker:
    """The differences of one file; `where` goes in front of each."""

    def __init__(self):
        self.errors = []
        self.values = 0

    def equal(self, where, actual, expected):
        if actual != expected:
            self.errors.append(f"{where}: {actual!r} in the file, {expected!r} expected")

    def same_bytes(self, where, actual, expected, known=None):
        actual, expected = np.asarray(actual), np.asarray(expected)
        self.equal(f"{where} shape", actual.shape, expected.shape)
        self.equal(f"{where} type", actual.dtype, expected.dtype)
        if actual.shape != expected.shape or actual.dtype != expected.dtype:
            return
        words = f"u{actual.dtype.itemsize}"
        wrong = np.ascontiguousarray(actual).view(words) != np.ascontiguousarray(expected).view(words)
        if known is not None:
            wrong &= known
        self.values += int(actual.size)
        if wrong.any():
            place = tuple(int(axis[0]) for axis in np.nonzero(wrong)) if wrong.ndim else ()
            self.errors.append(
                f"{where}: {int(wrong.sum())} of {wrong.size} values differ, the first at {place}: "
                f"{actual[place]} in the file, {expected[place]} expected"
            )


# What netCDF's older interfaces read as text (CF-1.10, appendix A): src/schema/layout.cpp.
CF_TEXTS = set(
    "ancillary_variables axis bounds calendar cell_measures cell_methods climatology comment compress coordinates "
    "flag_meanings formula_terms geometry grid_mapping grid_mapping_name institution long_name nodes positive "
    "references sample_dimension source standard_name standard_error_multiplier title units units_metadata".split()
)


def is_fixed(owner, name, is_list):
    """Whether a text has to be of fixed length; h5py reads others as str."""
    if is_list:
        return False
    if isinstance(owner, h5py.Dataset):
        return name in CF_TEXTS
    return owner.name == "/" and name in ("Conventions", "history")


def attribute_names(owner):
    """In the order of their creation."""
    names = []
    h5py.h5a.iterate(owner.id, lambda name, *_: names.append(name.decode()), index_type=h5py.h5.INDEX_CRT_ORDER)
    return names


def check_attribute(check, where, owner, name, kind, value):
    where = f"{where}@{name}"
    if name not in owner.attrs:
        check.errors.append(f"{where}: missing")
        return
    actual = owner.attrs.get_id(name)
    is_list = isinstance(value, list)
    check.equal(f"{where} shape", actual.shape, (len(value),) if is_list else ())
    if kind == "string":
        fixed = is_fixed(owner, name, is_list)
        check.equal(f"{where} has variable length", actual.get_type().is_variable_str(), not fixed)
        check.equal(f"{where} character set", actual.get_type().get_cset(), h5py.h5t.CSET_UTF8)
        read = owner.attrs[name]
        check.equal(where, read.decode() if fixed else list(read) if is_list else read, value)
        return
    dtype = np.dtype("int8" if kind == "bool" else kind)
    expected = np.array([dtype.type(float(item) if dtype.kind == "f" else int(item)) for item in np.atleast_1d(value)])
    check.same_bytes(where, np.asarray(owner.attrs[name]).reshape(-1), expected)


def check_attributes(check, where, owner, expected):
    """The free attributes of a group or field, in order."""
    for name, kind, value in expected:
        check_attribute(check, where, owner, name, kind, value)
    names = [name for name in attribute_names(owner) if name not in BOOKKEEPING]
    check.equal(f"{where} attributes", names, [name for name, _, _ in expected])


def text_attributes(**texts):
    return [[name, "string", text] for name, text in texts.items() if text]


def check_scale(check, dataset, where, name, is_bare=False):
    """A dimension scale as netCDF wants it; one without coordinates (is_bare) has a name that says so."""
    check.equal(f"{where} CLASS", dataset.attrs.get("CLASS"), b"DIMENSION_SCALE")
    stored = dataset.attrs["NAME"].decode()
    if is_bare:
        check.equal(f"{where} NAME", stored[:53], "This is a netCDF dimension but not a netCDF variable.")
    else:
        check.equal(f"{where} NAME", stored, name)
    check.equal(f"{where} has _Netcdf4Dimid", dataset.attrs["_Netcdf4Dimid"].dtype.kind, "i")


def check_tracked(check, object_):
    """The order in which links and attributes were made is kept: netCDF writes to no other file."""
    plist = object_.id.get_create_plist()
    check.equal(f"{object_.name} attribute order", plist.get_attr_creation_order(), TRACKED)
    if isinstance(object_, h5py.Group):
        check.equal(f"{object_.name} link order", plist.get_link_creation_order(), TRACKED)


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


STATISTICS = ["minimum", "maximum", "mean", "count", "non_finite"]
MOST_ENTRIES = 16  # a field with more components has one entry for all of them
MOST_FIELDS = 64 * 256  # of a run that get statistics


def expected_statistics(field, steps):
    """(step, entry, statistic), NaN where nothing was put; and how large the values are, for rounding."""
    values, _ = manifests.values_of(field, steps)
    put = manifests.put_cells(field, steps)
    entries = field["components"] if field["components"] <= MOST_ENTRIES else 1
    values = values.reshape(*put.shape, field["components"])
    result = np.full((len(put), entries, len(STATISTICS)), np.nan)
    sizes = np.zeros((len(put), entries))
    for step, entry in np.ndindex(len(put), entries):
        all_put = values[step][put[step]]
        chosen = all_put[:, entry] if entries > 1 else all_put.ravel()
        if chosen.size == 0:
            continue
        fill = manifests.fill_of(field)
        counted = chosen if fill is None else chosen[chosen != fill]
        finite = counted[np.isfinite(counted)]
        result[step, entry, 3:] = len(finite), len(counted) - len(finite)
        if len(finite) > 0:
            wide = finite.astype(np.longdouble)
            with np.errstate(over="ignore"):
                result[step, entry, :3] = rounded(finite.min(), -1), rounded(finite.max(), 1), wide.mean()
                sizes[step, entry] = abs(wide).mean()
    return result, sizes


def rounded(value, direction):
    """As float64; integers that it does not hold outwards."""
    number = float(value)
    if value.dtype.kind in "iu" and direction * (int(number) - int(value)) < 0:
        number = float(np.nextafter(number, direction * np.inf))
    return number


def check_statistics(check, group, fields, steps):
    """What the writer keeps of each field's values; returns the names of further members of the group."""
    written = [field for field in fields if any(write["boxes"] for write in field["writes"])]
    if group.name == "/" or not written or "field_statistics" not in group:
        return set()
    tables = {name: dataset for name, dataset in group["field_statistics"].items() if not name.endswith("_columns")}
    kept = {}
    for name, table in tables.items():
        where = f"{table.name}"
        check.equal(f"{where} statistics", list(table.attrs["statistics"]), STATISTICS)
        scales = [[scale.name for scale in dimension.values()] for dimension in table.dims]
        time = [[manifests.join(group.name, "time")]] if table.ndim == 2 else []
        check.equal(f"{where} axes", scales, time + [[f"{where}_columns"]])
        check_scale(check, group[f"field_statistics/{name}_columns"], where, name, is_bare=True)
        column = 0
        for field, entries in zip(table.attrs["fields"], table.attrs["entries"]):
            end = column + int(entries) * len(STATISTICS)
            kept[field] = table[..., column:end].reshape(-1, int(entries), len(STATISTICS))
            column = end
        check.equal(f"{where} columns", table.shape[-1], column)
    if len(fields) <= MOST_FIELDS:
        check.equal(f"{group.name} fields with statistics", {field["name"] for field in written} - set(kept), set())
    for field in written:
        if field["name"] not in kept:
            continue
        where = f"{group.name} statistics of {field['name']}"
        expected, sizes = expected_statistics(field, steps)
        found = kept[field["name"]]
        if found.shape != expected.shape:
            check.errors.append(f"{where}: shape {found.shape} instead of {expected.shape}")
            continue
        exact = [0, 1, 3, 4]
        if not np.array_equal(found[..., exact], expected[..., exact], equal_nan=True):
            check.errors.append(f"{where}: {found.tolist()} instead of {expected.tolist()}")
        with np.errstate(invalid="ignore"):
            error = abs(found[..., 2] - expected[..., 2])
        allowed = 3e-7 if field["stored"] == "float32" else 1e-13
        known = np.isfinite(expected[..., 2]) & np.isfinite(sizes)
        if not (error <= allowed * sizes)[known].all():
            check.errors.append(f"{where}: mean {found[..., 2].tolist()} instead of {expected[..., 2].tolist()}")
    return {"field_statistics"}


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
