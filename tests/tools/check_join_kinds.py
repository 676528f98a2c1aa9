#!/usr/bin/env python3
"""tessera join of what is no field on a grid: tables, time axes, refinements, meshes; and of files of every kind.

    check_join_kinds.py TESSERA LAUNCH WRITER SEGMENT_WRITER SCENE_WRITER
"""

import os
import subprocess
import sys

import h5py
import numpy

from program import LAUNCH, require, tessera
from segments import SCENE_WRITER, STEPS, changed, run, run_tests, segment

DOMAIN, WIDTH = 24, 700


def drops(step, planes):
    return [10_000 * step + 10 * plane + k for plane in planes for k in range((step + plane) % 3)]


def check_kinds(path, order, ranks=(1, 2, 3, 4)):
    """order: the planes of the segments of a step, as they follow each other."""
    with h5py.File(path, "r") as file:
        run_of = file["kinds"]
        for step in range(STEPS):
            begin, count = run_of["drops_begin"][step], run_of["drops_count"][step]
            ids = run_of["id"][begin:begin + count]
            require(list(ids) == drops(step, order), f"{path}: step {step}: {ids}")
            require(numpy.array_equal(run_of["place"][begin:begin + count, 1], 0.5 * ids), f"{path}: place")
            chunk = run_of["id"].chunks
            require(chunk is None or begin % chunk[0] == 0, f"{path}: rows of step {step} begin within a chunk")
        require(list(run_of["probe_time"]) == [0, 0.5] and list(run_of["norm"]) == [0, 3], f"{path}: probe_time")
        cells = numpy.arange(DOMAIN * WIDTH, dtype="f8").reshape(DOMAIN, WIDTH)
        require(numpy.array_equal(run_of["probe"], [cells, 2e6 + cells]), f"{path}: probe")
    for count in ranks:
        read = {}
        for line in run(count, path, "--read", "--kinds").splitlines():
            if not line.startswith("rank"):
                continue
            require("WRONG" not in line, line)
            read[int(line.split()[1][:-1])] = [part.split() for part in line.split("right")[1:]]
        require(len(read) == count, f"{path}: {count} ranks, but {read}")
        for step in range(STEPS):
            ids = [int(one) for rank in range(count) for one in read[rank][step]]
            require(ids == drops(step, order), f"{path}: {count} ranks, step {step}: {ids}")
    tessera("verify", path)
    subprocess.run(["ncdump", path], check=True, stdout=subprocess.DEVNULL, timeout=60)


def check_repacked(path, order):
    """One file of all, which is a file like any other."""
    for ranks, name in ((1, "kinds one.h5"), (3, "kinds three.h5")):
        subprocess.run([LAUNCH, str(ranks), sys.argv[1], "repack", path, name, "--overwrite"], check=True, timeout=60,
                       stdout=subprocess.DEVNULL)
        subprocess.run(["h5diff", path, name], check=True, timeout=60)
        check_kinds(name, order, ranks=(2,))
        with h5py.File(name, "r") as file:
            require(not any(file["kinds"][one].is_virtual for one in ("id", "place", "probe")), f"{name} is virtual")


def kinds(name, planes, steps, *options, ranks=2):
    return segment(name, planes, steps, "--kinds", *options, ranks=ranks)


def test_kinds():
    """Tables, time axes with some of the steps, refinements and meshes that change: in time; tables also in space."""
    whole = kinds("kinds whole.h5", (0, DOMAIN), (0, STEPS), "--in-time")
    parts = [kinds(f"kinds {t}.h5", (0, DOMAIN), (t, t + 2), "--in-time", ranks=1 + t)
             for t in (0, 2)]
    tessera("join", "kinds time.h5", *reversed(parts))
    check_kinds("kinds time.h5", range(DOMAIN), ranks=(2,))
    check_repacked("kinds time.h5", range(DOMAIN))
    with h5py.File(whole, "r") as one, h5py.File("kinds time.h5", "r") as other:
        require(set(one["kinds"]) == set(other["kinds"]), f"{set(one['kinds']) ^ set(other['kinds'])}")
        for name in one["kinds"]:
            dataset, joined = one["kinds"][name], other["kinds"][name]
            if name.startswith(("chain", "stress", "probe", "norm", "time")):
                require(numpy.array_equal(dataset[()], joined[()], equal_nan=dataset.dtype.kind == "f"), name)
        for level in range(2):
            for step in range(STEPS):
                values = []
                for file in (one["kinds"], other["kinds"]):
                    begin = file[f"amr_level{level}_cells_begin"][step]
                    end = begin + file[f"amr_level{level}_cells_count"][step]
                    values.append(file[f"density_level{level}"][begin:end])
                require(numpy.array_equal(*values) and values[0].size > 0, f"level {level}, step {step}")

    sides = [kinds(f"kinds {t}.{z}.h5", (12 * z, 12 * z + 12), (2 * t, 2 * t + 2), ranks=1 + t + z)
             for t in range(2) for z in range(2)]
    tessera("join", "kinds both.h5", *sides)
    check_kinds("kinds both.h5", range(DOMAIN))
    check_repacked("kinds both.h5", range(DOMAIN))
    turned = [sides[1], sides[0], sides[3], sides[2]]
    tessera("join", "kinds turned.h5", *turned)
    check_kinds("kinds turned.h5", [*range(12, 24), *range(12)], ranks=(3,))

    again = kinds("kinds again.h5", (0, DOMAIN), (1, STEPS), ranks=2)
    first = kinds("kinds first.h5", (0, DOMAIN), (0, STEPS - 1), ranks=1)
    tessera("join", "kinds restarted.h5", first, again, "--later-wins")
    check_kinds("kinds restarted.h5", range(DOMAIN), ranks=(2,))
    os.rename(sides[3], "away")
    try:
        text = run(3, "kinds both.h5", "--read", "--kinds", code=1)
        require(sides[3] in text, text)
    finally:
        os.rename("away", sides[3])


def test_meshes():
    """One that is cut in space is refused, with a remedy."""
    meshes = [kinds(f"mesh {number}.h5", (0, DOMAIN), (2 * number, 2 * number + 1), "--in-time") for number in (0, 1)]

    def renamed(file):  # a mesh of other cells under the name of the first one
        for name in [name for name in file["kinds"] if name.startswith("chain_2")]:
            file["kinds"].move(name, name.replace("chain_2", "chain_1"))

    meshes[1] = changed(meshes[1], "mesh 2.h5", renamed)
    error = tessera("join", "mesh refused.h5", *meshes, codes=(2, 64)).stderr
    require("cut a mesh in space" in error and error.count("\n") == 1, error)


def all_datasets(file):
    paths = []
    file.visititems(lambda name, item: paths.append(name) if isinstance(item, h5py.Dataset) else None)
    return paths


def test_cut():
    """A file of every kind of grid, and of a mesh, that is cut in time and joined is what it was."""
    subprocess.run([LAUNCH, "2", SCENE_WRITER, "scene.h5", "4"], check=True, timeout=120)
    tessera("repack", "scene.h5", "before.h5", "--steps", ":3")
    tessera("repack", "scene.h5", "after.h5", "--steps", "3:")
    tessera("join", "again.h5", "before.h5", "after.h5")
    compared = 0
    with h5py.File("scene.h5", "r") as scene, h5py.File("again.h5", "r") as again:
        for path in all_datasets(scene):
            one, two = scene[path], again[path]
            require(one.dtype == two.dtype and one.maxshape == two.maxshape, f"{path}: of another type or shape")
            is_same = numpy.array_equal(one[()], two[()], equal_nan=one.dtype.kind in "fc")
            require(is_same, f"{path}: other values")
            names = {name for name in one.attrs if name not in ("REFERENCE_LIST", "DIMENSION_LIST")}
            for name in names:
                require(numpy.array_equal(one.attrs[name], two.attrs[name]) or name == "_FillValue", f"{path}@{name}")
            compared += 1
    require(compared > 40, f"{compared} datasets compared")
    difference = tessera("diff", "scene.h5", "again.h5", codes=(1,)).stdout.splitlines()
    require(difference[0] == "/@segments: only in again.h5" and len(difference) == 2, f"{difference}")
    tessera("verify", "again.h5")


run_tests(test_kinds, test_meshes, test_cut)
