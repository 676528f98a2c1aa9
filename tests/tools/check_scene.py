#!/usr/bin/env python3
"""Every verb on fields of all kinds, on stretched grids and on meshes: values against h5py and against formulas.

    check_scene.py TESSERA LAUNCH WRITER SCENE_WRITER

Files: complete, being written, of a job that was killed, h5py's, damaged byte by byte; tests/tools/scene_writer.cpp
has the formulas, too.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import time

import h5py
import numpy

from program import LAUNCH, end, progress_of, require, tessera, tessera_json

SCENE_WRITER = sys.argv[4]
STEPS = 4
LOOKING = [["ls", "-l", "FILE"], ["show", "FILE", "mesh/stress"], ["show", "FILE", "grids/spectrum", "--csv"],
           ["plot", "FILE", "mesh/temperature"], ["verify", "FILE"], ["refs", "FILE"], ["tail", "FILE", "--no-follow"],
           ["extract", "FILE", "mesh", "-o", "one.h5", "--overwrite"]]
FLOATS = {"points", "cells", "faces", "vectors", "tensors", "brief", "charge", "type_8", "type_9", "temperature",
          "stress"}


def write(path, ranks, *options):
    subprocess.run(["bash", LAUNCH, str(ranks), SCENE_WRITER, path, str(STEPS), *options], check=True, timeout=120,
                   stderr=subprocess.DEVNULL)


def formula(name, shape, dtype):
    """Of all steps, or of a static field."""
    has_steps = name not in ("charge", "fixed", "broken")
    n = numpy.arange(shape[0] if has_steps else 1).reshape(-1, 1)
    if name == "spectrum":
        cell = numpy.arange(numpy.prod(shape[1:-1]))
        values = numpy.stack([cell + n, -0.5 * cell + 0 * n], axis=-1)
    else:
        cell = numpy.arange(numpy.prod(shape[1:] if has_steps else shape))
        if name in ("mask", "fixed", "broken"):
            values = (cell + n) % 3 == 0
        elif name in FLOATS:
            values = 300 + numpy.sin(0.01 * cell) + 0.25 * n
        else:
            values = 7 * cell + n
    if name == "brief":  # bfloat16, which NumPy has not: 8 significant bits
        fraction, exponent = numpy.frexp(values)
        values = numpy.ldexp(numpy.rint(fraction * 256), exponent - 8)
    return values.astype(dtype).reshape(shape)


def runs(path):
    """The fields of both runs by name, without what describes the mesh."""
    with h5py.File(path, "r") as file:
        return {run: {name: item[()] for name, item in file[run].items()
                      if isinstance(item, h5py.Dataset) and (name in FLOATS or name.startswith("type_")
                                                             or name in ("mask", "fixed", "broken", "spectrum"))}
                for run in file}


def ls_and_show():
    listing = {run["name"]: run for run in tessera_json("ls", "scene.h5")["runs"]}
    found = runs("scene.h5")
    for run, fields in found.items():
        listed = {field["name"]: field for field in listing[run]["fields"]}
        for name, values in fields.items():
            require(tuple(listed[name]["shape"]) == values.shape, f"{name}: {listed[name]}")
            low, high = values.min(), values.max()
            require(listed[name]["minimum"] == low and listed[name]["maximum"] == high, f"{name}: {listed[name]}")
            shown = numpy.array(tessera_json("show", "scene.h5", f"{run}/{name}")["values"], dtype=values.dtype)
            last = values if name in ("charge", "fixed", "broken") else values[-1]
            require(numpy.array_equal(shown.reshape(last.shape), last), f"{name}: shown values")
    axes = {axis["name"]: axis for axis in listing["grids"]["axes"]}
    require(axes["z"]["last"] == 43 and axes["node"]["length"] == 50, axes)
    text = tessera("show", "scene.h5", "grids/cells", "--at", "2.75,1.25,35", "--csv").stdout.splitlines()
    require(text[1].startswith("0,0,35.5,1.25,2.75,") and len(text) == 1 + STEPS, text)
    title = tessera("show", "scene.h5", "grids/tensors", "--at", "0,0,0", "--csv").stdout.splitlines()[0]
    require(title.endswith(",".join(f'"tensors_{row},{column}"' for row in "xyz" for column in "01")), title)
    for name in "strip", "strip_connectivity", "strip_types", "strip_offsets", "strip_x":
        tessera("show", "scene.h5", f"mesh/{name}")


def plot_and_tail():
    for field in "grids/cells", "grids/mask", "grids/vectors", "grids/tensors", "grids/brief", "grids/charge", \
            "grids/type_1", "mesh/temperature", "mesh/stress", "mesh/broken", "grids/energy":
        tessera("plot", "scene.h5", field)
        tessera("plot", "scene.h5", field, "-o", "plot.png", codes=(0, 64))  # 64: built without libpng
    require("energy" in tessera("tail", "scene.h5", "grids", "--no-follow").stdout, "tail")


def diff():
    write("other.h5", 3)
    same = tessera_json("diff", "scene.h5", "other.h5")
    require(same["same"] and same["compared"] > 60000, same)

    def difference(path, index, value):
        shutil.copy("scene.h5", "other.h5")
        with h5py.File("other.h5", "r+") as file:
            file[path][index] = value
        report = tessera_json("diff", "scene.h5", "other.h5", codes=(1,))
        require([one["path"] for one in report["values"]] == ["/" + path] and not report["others"], report)
        return report["values"][0]

    one = difference("grids/mask", (2, 1, 3, 5), 2)
    require(one["step"] == 2 and one["index"] == [1, 3, 5] and one["coordinates"]["z"] == 1, one)
    one = difference("grids/spectrum", (0, 8, 7, 11, 1), 9)
    require(one["index"] == [8, 7, 11, 1], one)
    one = difference("grids/tensors", (1, 2, 3, 4, 2, 1), 9)
    require(one["index"] == [2, 3, 4, 2, 1], one)
    one = difference("grids/cells", (3, 4, 0, 0), 0)
    require(one["coordinates"] == {"z_cell": 23, "y_cell": 0.25, "x_cell": 0.25}, one)
    require(difference("mesh/stress", (1, 39, 2), 0)["index"] == [39, 2], "stress")
    require(difference("mesh/strip_connectivity", (3, 1), 60)["index"] == [3, 1], "connectivity")
    require(difference("mesh/strip_x", (7,), -1.0)["index"] == [7], "places of nodes")
    shutil.copy("scene.h5", "other.h5")
    with h5py.File("other.h5", "r+") as file:
        file["grids/z_cell_bounds"][1, 1] = 4
    tessera("diff", "scene.h5", "other.h5", codes=(0, 1))


def extract_and_repack():
    tessera("extract", "scene.h5", "mesh", "-o", "one.h5", "--overwrite", "--fields", "stress", "--steps", "1:3")
    with h5py.File("scene.h5", "r") as file, h5py.File("one.h5", "r") as one:
        parts = {"strip", "strip_x", "strip_y", "strip_connectivity", "strip_types", "strip_offsets",
                 "strip_connectivity_list"}
        require(parts <= set(one) and "temperature" not in one, f"a field without its mesh: {sorted(one)}")
        for name in parts:
            require(numpy.array_equal(one[name][()], file["mesh"][name][()]), name)
        require(numpy.array_equal(one["stress"][()], file["mesh/stress"][1:3]), "stress")
    tessera("extract", "scene.h5", "grids", "-o", "one.h5", "--overwrite", "--fields", "cells")
    with h5py.File("one.h5", "r") as one:
        require("z_cell_bounds" in one and "points" not in one, f"an axis without its bounds: {sorted(one)}")
    tessera("repack", "scene.h5", "one.h5", "--overwrite", "--precision", "float", "--codec", "deflate:1")
    with h5py.File("one.h5", "r") as one:
        require(one["mesh/temperature"].dtype == "f4" and one["mesh/strip_x"].dtype == "f8", "places lose digits")
        require(one["grids/z"].dtype == "f8" and one["grids/type_9"].dtype == "f4", "types")
        require(one["grids/brief"].id.get_type().get_size() == 2, "bfloat16")
        require([scale[0].name for scale in one["grids/tensors"].dims][-2:] == ["/grids/row", "/grids/column"], "axes")
    tessera("repack", "scene.h5", "one.h5", "--overwrite", "--runs", "mesh", "--chunk", "2,7")
    with h5py.File("one.h5", "r") as one:
        require(one["mesh/temperature"].chunks == (2, 7) and one["mesh/stress"].chunks == (2, 7, 3), "chunks")
    try:
        import xarray
    except ImportError:
        return
    with xarray.open_dataset("one.h5", group="mesh") as mesh:
        require(mesh.temperature.attrs["mesh"] == "strip" and "strip_x" in mesh.temperature.coords, mesh)


def refs_and_paraview():
    report = tessera_json("refs", "scene.h5", "-o", "refs.json")
    require([one.split(":")[0] for one in report["left_out"]] == ["/grids/row", "/grids/brief"], report)
    with open("refs.json", encoding="utf-8") as file:
        references = json.load(file)["refs"]
    for path in "grids/spectrum", "grids/tensors", "grids/mask", "mesh/strip_connectivity", "mesh/temperature":
        array = json.loads(references[path + "/.zarray"])
        with h5py.File("scene.h5", "r") as file:
            require(tuple(array["shape"]) == file[path].shape and tuple(array["chunks"]) == file[path].chunks, path)
            numbers = [key for key in references if key.startswith(path + "/") and key.rsplit("/")[-1][0] != "."]
            require(len(numbers) == file[path].id.get_num_chunks(), f"{path}: {len(numbers)} chunks")
    report = tessera("paraview", "scene.h5", codes=(1,)).stdout  # a finding: VTK has no .vtkhdf of a stretched grid
    require("grids" in report and os.path.exists("scene.mesh.vtkhdf"), report)
    report = tessera("paraview", "scene.h5", "--xmf", codes=(0, 1)).stdout
    require(os.path.exists("scene.grids.xmf"), report)


def check_values(path):
    found = runs(path)
    require(len(found["grids"]) == 20 and len(found["mesh"]) == 3, {run: sorted(found[run]) for run in found})
    for fields in found.values():
        for name, values in fields.items():
            expected = formula(name, values.shape, values.dtype)
            require(numpy.allclose(values, expected, rtol=1e-7, atol=0), f"{name}: other values than the formula's")


def live_and_killed():
    """A job that goes on while verbs look, then is killed."""
    with open("progress", "w", encoding="ascii") as file:
        file.write("0       ")
    job = subprocess.Popen(["bash", LAUNCH, "2", SCENE_WRITER, "live.h5", "100000", "--progress", "progress", "--pause",
                            "20"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while (progress_of("progress") or 0) < 3 and time.monotonic() < deadline and job.poll() is None:
        time.sleep(0.02)
    for verb in LOOKING:
        tessera(*["live.h5" if word == "FILE" else word for word in verb])
    require(tessera_json("ls", "live.h5")["state"] in ("live", "open"), "nobody seems to write")
    tessera("repack", "live.h5", "one.h5", "--overwrite", "--codec", "deflate:1")
    check_values("one.h5")
    tessera("paraview", "live.h5", codes=(1,))
    tessera("diff", "live.h5", "one.h5", codes=(0, 1))  # there are more steps by now
    end(job)
    for verb in LOOKING:
        tessera(*["live.h5" if word == "FILE" else word for word in verb])
    tessera("paraview", "live.h5", codes=(1,))
    require(tessera_json("ls", "live.h5")["state"] in ("left", "open"), "somebody seems to write")
    check_values("live.h5")
    tessera("repack", "live.h5", "one.h5", "--overwrite")
    tessera("diff", "live.h5", "one.h5")


def foreign():
    """Of h5py: axes of its own, big endian, texts."""
    values = numpy.arange(60, dtype=">f4").reshape(3, 4, 5)
    with h5py.File("foreign.h5", "w") as file:
        run = file.create_group("case")
        for name, coordinates in ("time", numpy.arange(3.0)), ("y", numpy.arange(4.0)), ("x", numpy.arange(5.0) ** 2):
            run[name] = coordinates
            run[name].make_scale(name)
        run["u"] = values
        for axis, name in enumerate(("time", "y", "x")):
            run["u"].dims[axis].attach_scale(run[name])
        run["names"] = ["one", "two"]
    shown = tessera_json("show", "foreign.h5", "case/u")["values"]
    require(numpy.array_equal(numpy.array(shown).reshape(4, 5), values[-1]), shown)
    for words in ["ls", "-l"], ["plot", "case/u"], ["tail", "--no-follow"], ["verify"], ["diff", "foreign.h5"], \
            ["refs", "-o", "refs.json"], ["extract", "case", "-o", "one.h5", "--overwrite"], \
            ["repack", "two.h5", "--overwrite", "--codec", "deflate:1", "--chunk", "2,2,2"], ["paraview", "--xmf"]:
        tessera(words[0], "foreign.h5", *words[1:], codes=(0, 1) if words[0] == "paraview" else (0,))
    for path, name in ("one.h5", "u"), ("two.h5", "case/u"):
        with h5py.File(path, "r") as file:
            require(numpy.array_equal(file[name][()], values) and len(file[name].dims[2]) == 1, path)


def damaged(rng):
    """One byte or many: no crash, no hang, and verify finds what is in a chunk."""
    with h5py.File("scene.h5", "r") as file:
        chunk = file["mesh/strip_connectivity"].id.get_chunk_info(0)
    with open("scene.h5", "rb") as file:
        content = file.read()

    def flipped(*places):
        copy = bytearray(content)
        for place in places:
            copy[place] ^= rng.randrange(1, 256)
        with open("damaged.h5", "wb") as file:
            file.write(copy)

    flipped(chunk.byte_offset + chunk.size // 2)
    found = tessera_json("verify", "damaged.h5", codes=(1,))["findings"]
    require([one["path"] for one in found] == ["/mesh/strip_connectivity"], found)
    verbs = [*LOOKING, ["diff", "scene.h5", "FILE"], ["repack", "FILE", "one.h5", "--overwrite", "--codec", "none"],
             ["paraview", "FILE"]]
    codes = {}
    for number in range(88):
        end = len(content) if rng.random() < 0.5 else 1 << 14
        flipped(*(rng.randrange(end) for _ in range(rng.choice((1, 1, 4, 40)))))
        words = ["damaged.h5" if word == "FILE" else word for word in verbs[number % len(verbs)]]
        done = tessera(*words, codes=(0, 1, 2, 64), limit=60)
        require(done.returncode == 0 or "tessera: " in done.stderr or done.returncode == 1, (words, done))
        codes[done.returncode] = codes.get(done.returncode, 0) + 1
    print("exit codes on damaged files:", codes)


write("scene.h5", 2)
check_values("scene.h5")
ls_and_show()
plot_and_tail()
diff()
extract_and_repack()
refs_and_paraview()
live_and_killed()
foreign()
damaged(random.Random(20261127))
