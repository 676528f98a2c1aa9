#!/usr/bin/env python3
"""tessera refs: zarr and xarray read every value in place, as h5py does.

    check_refs.py TESSERA LAUNCH WRITER
"""

import collections.abc
import json
import os

import fsspec
import h5py
import numpy
import zarr

from program import require, tessera, tessera_json, write


class Store(collections.abc.MutableMapping):
    """Key by key: fsspec 2022 and 2023 ask for several at once, and fail where one of them is not there."""

    def __init__(self, references):
        self.map = fsspec.filesystem("reference", fo=references).get_mapper("")

    def __getitem__(self, key):
        return self.map[key]

    def __contains__(self, key):
        return key in self.map

    def __iter__(self):
        return iter(self.map)

    def __len__(self):
        return len(self.map)

    def __setitem__(self, key, value):
        raise TypeError("references are read")

    def __delitem__(self, key):
        raise TypeError("references are read")


def check(path, expected_left_out=()):
    report = tessera_json("refs", path, "-o", "refs.json")
    left_out = [text.split(":")[0] for text in report["left_out"]]
    require(left_out == list(expected_left_out), f"left out: {report['left_out']}")
    with open("refs.json", encoding="utf-8") as file:
        references = json.load(file)
    printed = json.loads(tessera("refs", path).stdout)
    require(printed == references, "standard output has something else")
    group = zarr.open_group(Store(references), mode="r")
    arrays = 0
    with h5py.File(path, "r") as file:
        def compare(name, item):
            nonlocal arrays
            if not isinstance(item, h5py.Dataset) or "/" + name in left_out:
                return
            if item.attrs.get("NAME", b"").startswith(b"This is a netCDF dimension but not"):
                return
            arrays += 1
            values = group[name][...]
            require(values.dtype == item.dtype and values.shape == item.shape, f"{name}: {values.dtype} {values.shape}")
            require(numpy.array_equal(values, item[()], equal_nan=values.dtype.kind == "f"), f"{name}: other values")
            require(len(group[name].attrs["_ARRAY_DIMENSIONS"]) == item.ndim, f"{name}: axes")
        file.visititems(compare)
    require(arrays == report["arrays"], f"{report['arrays']} arrays, h5py has {arrays}")
    return references


def check_xarray():
    try:
        import xarray
    except ImportError:
        return
    write("study.h5", 5)
    references = check("study.h5", expected_left_out=["/simulation/component"])  # texts of variable length
    by_reference = xarray.open_dataset(Store(references), engine="zarr", group="simulation",
                                       backend_kwargs={"consolidated": False})
    directly = xarray.open_dataset("study.h5", group="simulation")
    variables = set(directly.variables) - {"component"}
    require(set(by_reference.variables) == variables, f"{set(by_reference.variables)} instead of {variables}")
    for name in variables:
        require(by_reference[name].dims == directly[name].dims, f"{name}: {by_reference[name].dims}")
        ours, values = by_reference[name].values, directly[name].values
        require(numpy.array_equal(ours, values, equal_nan=values.dtype.kind == "f"), f"{name}: other values")
    require(by_reference["a"].attrs["units"] == "K" and by_reference.attrs["resolution"] == 21, "attributes")


def check_layouts():
    """Fill values, unwritten chunks, edges, byte order, filters, one piece; what Zarr cannot read is left out."""
    values = numpy.arange(5000.0).reshape(50, 100)
    with h5py.File("layouts.h5", "w") as file:
        file["contiguous"] = values
        file["big"] = values.astype(">f4")
        file.create_dataset("gzip", data=values, chunks=(7, 9), compression="gzip", shuffle=True)
        file.create_dataset("only_gzip", data=values.astype("i2"), chunks=(7, 9), compression="gzip")
        file.create_dataset("grows", data=values, chunks=(7, 9), maxshape=(None, None), compression="gzip")
        file.create_dataset("holes", shape=(100, 100), chunks=(10, 10), fillvalue=3.0)[5:7, 88] = 1
        file.create_dataset("zeros", shape=(100, 100), chunks=(10, 10), dtype="i4")[5:7, 88] = 1
        file.create_dataset("nan", shape=(100,), chunks=(10,), fillvalue=numpy.nan)[95:] = 1
        file.create_dataset("deep/er/bytes", data=numpy.arange(256, dtype="u1"), chunks=(100,))
        compact = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        compact.set_layout(h5py.h5d.COMPACT)
        space = h5py.h5s.create_simple((5,))
        h5py.h5d.create(file.id, b"compact", h5py.h5t.IEEE_F64LE, space, compact)
        file["compact"][...] = [1, 2.5, -1, 0, numpy.inf]
        file["texts"] = ["one", "two"]
        file.create_dataset("lzf", data=values, chunks=(7, 9), compression="lzf")
        file.attrs["list"] = [1, 2, 3]
    check("layouts.h5", expected_left_out=["/lzf", "/texts"])


def check_refusals():
    with open("refs.json", encoding="utf-8") as file:
        before = file.read()
    with open("text.h5", "w", encoding="utf-8") as file:
        file.write("no HDF5 file")
    tessera("refs", "text.h5", "-o", "refs.json", codes=(2,))
    tessera("refs", "no_such_file.h5", "-o", "refs.json", codes=(2,))
    with open("refs.json", encoding="utf-8") as file:
        require(file.read() == before, "a failed call has changed the references")
    require(not [name for name in os.listdir(".") if ".part" in name], "something is left over")


check_xarray()
check_layouts()
check_refusals()
