#!/usr/bin/env python3
"""Some steps of a run with a table: the copy has their rows, and none of other steps; also when ranks make it together,
and where it is extracted. The copy can be cut again.

    check_table_steps.py TESSERA LAUNCH DIRECTORY     of tests/mpi/table.cpp
"""

import pathlib
import subprocess
import sys
import tempfile

import h5py
import numpy as np

TESSERA, LAUNCH = sys.argv[1:3]
COLUMNS = ("id", "position", "mass")


def require(condition, message):
    if not condition:
        sys.exit(f"check_table_steps.py: {message}")


def call(*arguments):
    done = subprocess.run([str(one) for one in arguments], capture_output=True, text=True, timeout=200)
    require(done.returncode == 0, f"{arguments}: exit code {done.returncode}\n{done.stdout}{done.stderr}")


def rows_of(run, step):
    return slice(run["particles_begin"][step], run["particles_begin"][step] + run["particles_count"][step])


def check_copy(copy, run, kept, columns=COLUMNS):
    """\\param kept steps of the run"""
    require(list(copy["time"][:]) == [run["time"][step] for step in kept], f"{copy.file.filename}: other times")
    chunk = run["id"].chunks[0]
    rows = sum(-(-run["particles_count"][step] // chunk) * chunk for step in kept)
    for name in columns:
        require(len(copy[name]) == len(copy["particles_row"]) <= rows, f"{len(copy[name])} rows of {rows} are kept")
        require(copy[name].chunks == run[name].chunks, f"{name} has other chunks")
        for number, step in enumerate(kept):
            same = np.array_equal(copy[name][rows_of(copy, number)], run[name][rows_of(run, step)])
            require(same, f"{copy.file.filename}: {name} of step {step} differs")


def check(path, out, steps):
    with h5py.File(path) as file:
        run = file["r"]
        kept = range(len(run["time"]))[slice(*(int(part) if part else None for part in steps.split(":")))]
        call(TESSERA, "repack", "--steps", steps, path, out / "alone.h5")
        call(TESSERA, "verify", out / "alone.h5")
        for ranks in (2, 3):
            call("bash", LAUNCH, ranks, TESSERA, "repack", "--steps", steps, path, out / "together.h5", "--overwrite")
            call(TESSERA, "diff", out / "alone.h5", out / "together.h5")
            call(TESSERA, "verify", out / "together.h5")
            with h5py.File(out / "together.h5") as copy:
                check_copy(copy["r"], run, kept)
        call(TESSERA, "extract", path, "r", "-o", out / "part.h5", "--steps", steps, "--fields", "mass")
        call(TESSERA, "verify", out / "part.h5")
        with h5py.File(out / "alone.h5") as copy, h5py.File(out / "part.h5") as part:
            check_copy(copy["r"], run, kept)
            check_copy(part, run, kept, ("mass", "position"))
            require("id" not in part, "all columns were extracted")
        call(TESSERA, "repack", "--steps", "1:", out / "alone.h5", out / "again.h5")
        call(TESSERA, "verify", out / "again.h5")
        with h5py.File(out / "again.h5") as copy:
            check_copy(copy["r"], run, list(kept)[1:])
    for made in out.glob("*.h5"):
        made.unlink()


def main(directory):
    with tempfile.TemporaryDirectory() as out:
        for name, steps in (("changing", "1:3"), ("changing", "3:6"), ("chunks", "2:"), ("one_row", "-4:-1"),
                            ("many", "1:4"), ("later", "0:3"), ("later", "4:")):
            check(directory / f"{name}.h5", pathlib.Path(out), steps)
    print("rows of the steps that are kept, and no others")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[3]))
