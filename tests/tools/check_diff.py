#!/usr/bin/env python3
"""tessera diff: equal files, and one difference at a time, made by h5py.

    check_diff.py TESSERA LAUNCH WRITER
"""

import shutil
import subprocess

import h5py
import numpy

from program import require, tessera, tessera_json, write


def changed(change):
    shutil.copy("a.h5", "b.h5")
    with h5py.File("b.h5", "r+") as file:
        change(file)
    return "b.h5"


def differences(change, *options):
    report = tessera_json("diff", "a.h5", changed(change), *options, codes=(1,))
    require(not report["same"], report)
    return report["values"], report["others"]


def same_files():
    write("a.h5", 4)
    write("killed.h5", 4, "--leave", ranks=3)
    tessera("diff", "a.h5", "a.h5")
    report = tessera_json("diff", "a.h5", "killed.h5")
    require(report["same"] and report["chunks_of_same_bytes"] > 0, report)
    with h5py.File("a.h5", "r") as file:
        count = sum(item.size for name, item in file["simulation"].items()
                    if isinstance(item, h5py.Dataset) and not name.startswith("component"))
    require(report["compared"] == count, f"{report['compared']} values compared of {count}")
    # The same values in other chunks, with another codec.
    for filters in ["-f", "NONE"], ["-l", "a,v:CHUNK=2x9x9x8", "-f", "GZIP=1"], ["-l", "CONTI"]:
        done = subprocess.run(["h5repack", *filters, "a.h5", "other.h5"], capture_output=True, check=False)
        if done.returncode == 0:
            again = tessera_json("diff", "a.h5", "other.h5")
            require(again["same"] and again["compared"] == count, again)


def one_value():
    def change(file):
        file["simulation/a"][2, 5, 11, 3] += 0.5
        file["simulation/a"][1, 20, 17, 15] -= 0.25
    (one,), others = differences(change)
    with h5py.File("a.h5", "r") as file:
        expected = file["simulation/a"][2, 5, 11, 3]
    require(others == [] and one["path"] == "/simulation/a" and one["differing"] == 2, one)
    require(one["step"] == 2 and one["time"] == 0.5 and one["index"] == [5, 11, 3], one)
    require(one["coordinates"] == {"z": 2.5, "y": 5.5, "x": 1.5}, one)
    require(one["a"] == expected and one["b"] == expected + 0.5 and one["largest"] == 0.5, one)
    require(one["compared"] == 4 * 21 * 18 * 16, one)
    (one,), _ = differences(change, "--atol", "0.3")
    require(one["differing"] == 1, one)
    tessera("diff", "a.h5", "b.h5", "--atol", "0.5")
    tessera("diff", "a.h5", "b.h5", "--rtol", "0.01")
    tessera("diff", "a.h5", "b.h5", "simulation/v")
    tessera("diff", "a.h5", "b.h5", "simulation/a", codes=(1,))
    require("step 2 (time 0.5), [5, 11, 3]" in tessera("diff", "a.h5", "b.h5", codes=(1,)).stdout, "the text")


def component():
    def change(file):
        file["simulation/v"][0, 1, 2, 3, 1] = numpy.nan
    (one,), _ = differences(change)
    require(one["index"] == [1, 2, 3, 1] and one["step"] == 0 and one["differing"] == 1, one)
    require(one["b"] is None and one["largest"] is None, one)
    shutil.copy("b.h5", "c.h5")
    tessera("diff", "b.h5", "c.h5")  # NaN is NaN


def other_chunks():
    """Where chunks differ, slabs are compared."""
    def change(file):
        values = file["simulation/material"][()]
        values[20, 0, 1] += 1
        attributes = dict(file["simulation/material"].attrs)
        del file["simulation/material"]
        made = file.create_dataset("simulation/material", data=values, chunks=(2, 3, 16))
        for axis, name in enumerate("zyx"):
            made.dims[axis].attach_scale(file["simulation"][name])
        for name, value in attributes.items():
            if name not in ("DIMENSION_LIST",):
                made.attrs[name] = value
    (one,), others = differences(change)
    require(others == [] and one["index"] == [20, 0, 1] and one["largest"] == 1 and "step" not in one, one)


def missing_filter():
    """Chunks of the same bytes need no filter; where bytes differ nobody can tell, and the error says why."""
    def squeezed(name, last):
        shutil.copy("a.h5", name)
        with h5py.File(name, "r+") as file:
            layout = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
            layout.set_chunk((4, 8))
            layout.set_filter(32999, h5py.h5z.FLAG_OPTIONAL, (7,))  # nobody's
            made = h5py.h5d.create(file["simulation"].id, b"squeezed", h5py.h5t.NATIVE_DOUBLE,
                                   h5py.h5s.create_simple((8, 8)), layout)
            for row, content in (0, b"some bytes"), (4, last):
                made.write_direct_chunk((row, 0), content)
    squeezed("one.h5", b"and more")
    squeezed("same.h5", b"and more")
    squeezed("other.h5", b"and less")
    for name in "one.h5", "same.h5":
        report = tessera_json("diff", "one.h5", name)
        require(report["same"], report)
    failed = tessera("diff", "one.h5", "other.h5", codes=(2,)).stderr
    require("squeezed" in failed and "32999" in failed, failed)


def other_things():
    def parameters(file):
        file["simulation"].attrs["resolution"] = 22
        file["simulation"].attrs["new"] = "here"
    values, others = differences(parameters)
    require(values == [] and [one["path"] for one in others] == ["/simulation@resolution", "/simulation@new"], others)

    def steps(file):
        for name in "time", "energy", "a", "v":
            file["simulation"][name].resize(3, axis=0)
    values, others = differences(steps)
    require(values == [] and len(others) == 4, others)

    def runs(file):
        file.move("simulation", "other")
    values, others = differences(runs)
    require(sorted(one["path"] for one in others) == ["/other", "/simulation"], others)

    def series(file):
        file["simulation/energy"][1] = 7
    (one,), _ = differences(series)
    require(one["path"] == "/simulation/energy" and one["step"] == 1 and one["b"] == 7, one)

    def axis(file):
        file["simulation/y"][4] += 0.125
    values, _ = differences(axis)
    require(values[0]["path"] == "/simulation/y" and values[0]["index"] == [4], values)


def refusals():
    tessera("diff", "a.h5", "no_such_file.h5", codes=(2,))
    tessera("diff", "a.h5", ".", codes=(2,))
    tessera("diff", "a.h5", "a.h5", "no_such_run", codes=(64,))


same_files()
one_value()
component()
other_chunks()
missing_filter()
other_things()
refusals()
