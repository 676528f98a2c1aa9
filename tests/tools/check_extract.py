#!/usr/bin/env python3
"""tessera extract and repack: values, references of axes, unused space, what is refused; h5py, xarray, ncdump look.

    check_extract.py TESSERA LAUNCH WRITER
"""

import os
import shutil
import subprocess

import h5py
import numpy

from program import require, tessera, tessera_json, write, write_and_kill


def check_scales(group):
    """Each axis of each field has its scale in this file, and each scale knows the fields."""
    for name, item in group.items():
        if not isinstance(item, h5py.Dataset) or "CLASS" in item.attrs:
            continue
        for axis, dimension in enumerate(item.dims):
            require(len(dimension) == 1, f"{name}: axis {axis} has {len(dimension)} scales")
            scale = dimension[0]
            require(scale.file.filename == item.file.filename and scale.parent == item.parent, f"{name}: {scale.name}")
            uses = [(item.file[reference].name, number) for reference, number in scale.attrs["REFERENCE_LIST"]]
            require((item.name, axis) in uses, f"{scale.name} does not know axis {axis} of {name}: {uses}")


def check_values(path, group, original, steps=slice(None), fields=None, dtype=None):
    with h5py.File(path, "r") as file, h5py.File(original, "r") as source:
        target = file[group]
        check_scales(target)
        for name, item in source["simulation"].items():
            if not isinstance(item, h5py.Dataset):
                if group != "/" and name in target:  # statistics, which have a row for each step
                    for table, values in item.items():
                        has_steps = values.maxshape[0] is None
                        expected = values[steps] if has_steps else values[()]
                        same = numpy.array_equal(target[name][table][()], expected, equal_nan=True)
                        require(same, f"{name}/{table}: other values")
                continue
            if name not in target:
                require(fields is not None and name not in fields, f"{name} is missing")
                continue
            has_steps = item.dims[0].label == "" and item.maxshape[0] is None
            expected = item[steps] if has_steps else item[()]
            if dtype and item.dtype == "f8" and item.ndim > 1:
                expected = expected.astype(dtype)
            require(target[name].dtype == expected.dtype, f"{name}: {target[name].dtype}")
            require(numpy.array_equal(target[name][()], expected), f"{name}: other values")
            ours = {key for key in target[name].attrs if key not in ("REFERENCE_LIST", "DIMENSION_LIST")}
            theirs = {key for key in item.attrs if key not in ("REFERENCE_LIST", "DIMENSION_LIST")}
            require(ours == theirs, f"{name}: attributes {ours} instead of {theirs}")
        require(dict(target.attrs).items() >= dict(source["simulation"].attrs).items(), "parameters")
    tessera("verify", path)
    subprocess.run(["ncdump", "-h", path], check=True, stdout=subprocess.DEVNULL)


def stored(path, name):
    """The bytes of all chunks."""
    with h5py.File(path, "r") as file:
        dataset = file[name].id
        return [dataset.read_direct_chunk(dataset.get_chunk_info(i).chunk_offset)
                for i in range(dataset.get_num_chunks())]


def extract():
    report = tessera_json("extract", "study.h5", "simulation", "-o", "one.h5")
    require(report["bytes_after"] == os.path.getsize("one.h5"), report)
    check_values("one.h5", "/", "study.h5")
    require(stored("one.h5", "a") == stored("study.h5", "simulation/a"), "chunks were not copied as they are stored")
    tessera("extract", "study.h5", "simulation", "-o", "one.h5", codes=(2,))
    parts = ["--steps", "1:-1", "--fields", "a,energy"]
    tessera("extract", "study.h5", "/simulation", "-o", "one.h5", "--overwrite", *parts)
    check_values("one.h5", "/", "study.h5", slice(1, -1), ("a", "energy", "time", "x", "y", "z"))
    with h5py.File("one.h5", "r") as file:
        require(sorted(file) == ["a", "energy", "time", "x", "y", "z"], sorted(file))
        require(file.attrs["Conventions"] == b"CF-1.10" or file.attrs["Conventions"] == "CF-1.10", "Conventions")
    try:
        import xarray
    except ImportError:
        return
    with xarray.open_dataset("one.h5") as one, xarray.open_dataset("study.h5", group="simulation") as run:
        require(one["a"].equals(run["a"][1:-1]) and one.attrs["resolution"] == 21, "xarray sees something else")


def repack():
    before = tessera_json("verify", "study.h5")
    report = tessera_json("repack", "study.h5", "packed.h5")
    check_values("packed.h5", "simulation", "study.h5")
    after = tessera_json("verify", "packed.h5")
    require(after["unreferenced_bytes"] < 8192 < before["unreferenced_bytes"], after)
    require(report["bytes_after"] < report["bytes_before"], report)
    tessera("diff", "study.h5", "packed.h5")
    for codec, number in ("none", 0), ("deflate:9", 2):
        tessera("repack", "study.h5", "other.h5", "--codec", codec, "--overwrite")
        check_values("other.h5", "simulation", "study.h5")
        with h5py.File("other.h5", "r") as file:
            require(file["simulation/a"].id.get_create_plist().get_nfilters() == number, f"{codec}: filters")
    fields = ["a", "v", "material", "energy"]
    tessera("repack", "study.h5", "other.h5", "--chunk", "5,4,6,16", "--fields", ",".join(fields), "--overwrite")
    check_values("other.h5", "simulation", "study.h5", fields=fields)
    with h5py.File("other.h5", "r") as file:
        require(file["simulation/a"].chunks == (5, 4, 6, 16), file["simulation/a"].chunks)
        require(file["simulation/v"].chunks == (5, 4, 6, 16, 3), file["simulation/v"].chunks)
        require(file["simulation/material"].chunks == (4, 6, 16), file["simulation/material"].chunks)
    tessera("repack", "other.h5", "back.h5", "--steps", "-3:")  # cuts through chunks of five steps
    check_values("back.h5", "simulation", "study.h5", slice(-3, None), fields=fields)
    tessera("repack", "study.h5", "other.h5", "--precision", "float", "--overwrite")
    check_values("other.h5", "simulation", "study.h5", dtype="f4")
    # In its own place; a killed file, too.
    write_and_kill("killed.h5", 3)
    shutil.copy("killed.h5", "place.h5")
    tessera("repack", "place.h5", "place.h5", "--overwrite")
    tessera("diff", "killed.h5", "place.h5")


def refusals():
    names = set(os.listdir("."))
    tessera("extract", "study.h5", "nothing", "-o", "new.h5", codes=(64,))
    tessera("extract", "no_such_file.h5", "simulation", "-o", "new.h5", codes=(2,))
    for options in ["--steps", "9:"], ["--steps", "b"], ["--chunk", "4"], ["--chunk", "0,1,1"], ["--codec", "zip"], \
            ["--precision", "half"], ["--runs", "nothing"], ["--fields", "nothing"]:
        tessera("repack", "study.h5", "new.h5", *options, codes=(64,))
    with open("text.h5", "w", encoding="utf-8") as file:
        file.write("no HDF5 file")
    tessera("repack", "text.h5", "new.h5", codes=(2,))
    require(set(os.listdir(".")) == names | {"text.h5"}, "something is left over")


for name in os.listdir("."):
    os.remove(name)
write("study.h5", 7)
extract()
repack()
refusals()
