#!/usr/bin/env python3
"""tessera repack under mpiexec: what one process makes, whatever the number of ranks; h5diff and h5py look.

    check_repack_together.py TESSERA LAUNCH WRITER SCENE_WRITER
"""

import glob
import json
import os
import pty
import shutil
import subprocess
import sys

import h5py
import numpy

from program import LAUNCH, TESSERA, require, tessera, tessera_json, write, write_and_kill

SCENE_WRITER = sys.argv[4]
RANKS = (2, 3, 4)


def together(ranks, *arguments, codes=(0,), wrapper=()):
    """On several ranks. mpiexec has lines of its own on standard error where a rank fails."""
    command = ["bash", LAUNCH, str(ranks), *wrapper, TESSERA, "repack", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    about = f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout}{done.stderr}"
    require(done.returncode in codes, about)
    if done.returncode == 0:
        require("tessera: " not in done.stderr, about)
        return done.stdout
    told = [line for line in done.stderr.splitlines() if line.startswith("tessera: ")]
    is_understood = "--help says more" not in done.stderr and "there is no codec" not in done.stderr
    require(len(told) == 1 if is_understood else set(told[:-1]) <= set(told[-1:]), f"{about}: not one line")
    return told[0]


def datasets(path):
    found = {}
    with h5py.File(path, "r") as file:
        def look(name, item):
            if not isinstance(item, h5py.Dataset):
                return
            plist = item.id.get_create_plist()
            filters = [plist.get_filter(i)[0] for i in range(plist.get_nfilters())]
            is_bare = item.attrs.get("NAME", b"").startswith(b"This is a netCDF dimension but not")
            scales = [[scale.name for scale in axis.values()] for axis in item.dims]
            attributes = sorted(name for name in item.attrs)
            found[name] = (None if is_bare else item[()], item.dtype, item.chunks, filters, item.maxshape, scales,
                           attributes, None if item.dtype.kind == "O" else item.fillvalue)  # h5py 3.7 crashes
        file.visititems(look)
        found["/"] = [(name, sorted(item.attrs)) for name, item in file.items()]
    return found


def same_files(path, expected):
    ours, theirs = datasets(path), datasets(expected)
    require(ours.keys() == theirs.keys() and ours["/"] == theirs["/"], f"{path}: {ours.keys()} {theirs.keys()}")
    for name in ours:
        if name == "/":
            continue
        for what, one, other in zip(("values", "type", "chunks", "filters", "limits", "scales", "attributes", "fill"),
                                    ours[name], theirs[name]):
            is_same = one == other if not isinstance(one, numpy.ndarray) else \
                one.dtype.kind in "OSV" and (one == other).all() or numpy.array_equal(one, other)
            is_same = is_same or (isinstance(one, numpy.ndarray) and one.dtype.kind == "f"
                                  and numpy.array_equal(one, other, equal_nan=True))
            is_same = is_same or (what == "fill" and one != one and other != other)
            require(is_same, f"{path}: {name}: {what}: {one} instead of {other}")
    command = ["h5diff", "--exclude-path", "/lzf", path, expected]  # which it has no filter for
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    require(done.returncode == 0 and "differen" not in done.stdout, f"h5diff {path} {expected}: {done.stdout}")


def foreign(path):
    """What ranks share, and what only HDF5 reads: rank 0 copies that."""
    values = numpy.arange(5000.0).reshape(50, 100)
    with h5py.File(path, "w") as file:
        file["contiguous"] = values
        file.create_dataset("big", data=values.astype(">f4"), chunks=(7, 9), compression="gzip")
        file.create_dataset("gzip", data=values, chunks=(7, 9), compression="gzip", shuffle=True, fletcher32=True)
        file.create_dataset("grows", data=values, chunks=(7, 9), maxshape=(None, None), compression="gzip")
        file.create_dataset("holes", shape=(100, 100), chunks=(10, 10), fillvalue=3.0)[5:7, 88] = 1
        file.create_dataset("nothing", shape=(100, 100), chunks=(10, 10), dtype="i4")
        file.create_dataset("empty", shape=(0, 100), chunks=(10, 10), maxshape=(None, 100))
        file.create_dataset("bytes", data=numpy.arange(256, dtype="u1"), chunks=(100,))
        file.create_dataset("lzf", data=values, chunks=(7, 9), compression="lzf")
        file.create_dataset("texts", data=["one", "two"] * 5, chunks=(3,))
        file.create_dataset("pairs", data=numpy.zeros(9, dtype=[("a", "i4"), ("b", "f8")]), chunks=(4,))
        run = file.create_group("run")
        run["time"] = numpy.arange(6.0)
        run["time"].make_scale("time")
        run["x"] = numpy.arange(5.0)
        run["x"].make_scale("x")
        for name, filled in ("u", None), ("cut", 7.5):
            run.create_dataset(name, data=numpy.arange(30.0).reshape(6, 5), chunks=(4, 2), maxshape=(None, 5),
                               fillvalue=filled, compression="gzip")
            run[name].dims[0].attach_scale(run["time"])
            run[name].dims[1].attach_scale(run["x"])


OPTIONS = [[], ["--codec", "none"], ["--codec", "deflate:9"], ["--chunk", "3,2,1"],
           ["--precision", "float"], ["--steps", "1:-1"], ["--steps", "-3:", "--chunk", "2,21,18,16"],
           ["--fields", "a,energy"]]


def same_as_alone(source, options, ranks=RANKS):
    for before in glob.glob("out*.h5"):
        os.remove(before)
    done = tessera("repack", source, "out.h5", *options, codes=(0, 64))
    for number in ranks:
        path = f"out{number}.h5"
        told = together(number, source, path, *options, codes=(done.returncode,))
        if done.returncode != 0:
            is_same = told.replace("rank 0: ", "") == done.stderr.strip()
            require(is_same and not glob.glob("out*"), f"{told}: {done.stderr}")
            continue
        same_files(path, "out.h5")
        report = tessera_json("verify", path)
        require(report["unreferenced_bytes"] < 65536, f"{path}: {report}")
        require(os.path.getsize(path) < os.path.getsize("out.h5") + 65536, f"{path}: too large")


def every_number_of_ranks():
    write("study.h5", 7)
    write("twice.h5", 5, "--leave")
    same_as_alone("study.h5", [])
    for number, options in enumerate(OPTIONS[1:]):
        same_as_alone("study.h5", options, [RANKS[number % 3]])
    subprocess.run(["bash", LAUNCH, "3", SCENE_WRITER, "scene.h5", "4"], check=True, timeout=120)
    same_as_alone("scene.h5", [])
    for number, options in enumerate([["--codec", "deflate:1"], ["--chunk", "3,5,7"], ["--chunk", "2,3,5,7"],
                                      ["--runs", "mesh"], ["--runs", "grids", "--steps", "1:3"],
                                      ["--precision", "float"]]):
        same_as_alone("scene.h5", options, [RANKS[number % 3]])
    foreign("foreign.h5")
    same_as_alone("foreign.h5", [])
    for options in ["--steps", "1:4"], ["--steps", "2:6", "--codec", "deflate:1"], ["--chunk", "3,4"]:
        same_as_alone("foreign.h5", ["--runs", "run", *options], [3])


def in_its_own_place():
    write_and_kill("killed.h5", 3)
    shutil.copy("killed.h5", "place.h5")
    report = json.loads(together(2, "place.h5", "place.h5", "--overwrite", "--json"))
    require(report["bytes_after"] == os.path.getsize("place.h5") < report["bytes_before"], report)
    tessera("diff", "killed.h5", "place.h5")
    require(os.stat("place.h5").st_mode & 0o777 == os.stat("killed.h5").st_mode & 0o777, "the mode is another")


def refusals():
    names = set(os.listdir("."))
    require("there is a file" in together(2, "study.h5", "place.h5", codes=(2,)), "an existing file")
    together(3, "no_such_file.h5", "new.h5", codes=(2,))
    together(2, "study.h5", "no_such_directory/new.h5", codes=(2,))
    together(2, "study.h5", "new.h5", "--codec", "zip", codes=(64,))
    together(2, "study.h5", "new.h5", "--runs", "nothing", codes=(64,))
    together(2, "study.h5", "new.h5", "--no-such-option", codes=(64,))
    # A damaged chunk, which one rank meets; where chunks stay as they are nobody looks into them.
    with h5py.File("study.h5", "r") as file:
        chunk = file["simulation/a"].id.get_chunk_info(40)
    for number in RANKS:
        shutil.copy("study.h5", "damaged.h5")
        with open("damaged.h5", "r+b") as file:
            file.seek(chunk.byte_offset + chunk.size // 2)
            file.write(b"damaged")
        told = together(number, "damaged.h5", "new.h5", "--codec", "deflate:1", codes=(2,))
        require("/simulation/a: chunk 40" in told and "rank" in told, told)
    # HDF5 itself crashes on some: a line says so.
    with open("damaged.h5", "r+b") as file:
        file.truncate(5000)
    together(2, "damaged.h5", "new.h5", codes=(2,))
    os.remove("damaged.h5")
    # One rank cannot write.
    limit = 'if [ "${OMPI_COMM_WORLD_RANK:-${PMI_RANK:-0}}" = 1 ]; then trap "" XFSZ; ulimit -f 16; fi; exec "$@"'
    told = together(3, "study.h5", "new.h5", codes=(2,), wrapper=["bash", "-c", limit, "bash"])
    require("rank 1" in told and "File too large" in told, told)
    require(set(os.listdir(".")) == names, f"something is left over: {set(os.listdir('.')) ^ names}")


def progress():
    """A line on a terminal, by one rank."""
    ours, theirs = pty.openpty()
    command = ["bash", LAUNCH, "2", "bash", "-c", 'exec "$@" 2>"$TERMINAL"', "bash", TESSERA, "repack", "study.h5",
               "shown.h5", "--overwrite"]
    subprocess.run(command, env=dict(os.environ, TERMINAL=os.ttyname(theirs)), timeout=60, check=True,
                   stdout=subprocess.DEVNULL)
    shown = os.read(ours, 65536).decode()
    require(shown.count("100 %") == 1 and "\r" in shown, repr(shown))


every_number_of_ranks()
in_its_own_place()
refusals()
progress()
