"""Segments that segment_writer.cpp writes, for the tests of tessera join."""

import os
import shutil
import subprocess
import sys

import h5py
import numpy

from program import LAUNCH, require

SEGMENT_WRITER, SCENE_WRITER = sys.argv[4:6]
PLANES, ROWS, COLUMNS, STEPS = 24, 20, 16, 4


def run(ranks, *arguments, code=0):
    done = subprocess.run([LAUNCH, str(ranks), SEGMENT_WRITER, *map(str, arguments)], capture_output=True, text=True,
                          timeout=120)
    require((done.returncode == 0) == (code == 0), f"{arguments}: {done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def segment(path, planes=(0, PLANES), steps=(0, STEPS), *options, ranks=2):
    run(ranks, path, "--planes", *planes, "--steps", *steps, *options)
    return path


def expected(steps):
    cells = numpy.arange(PLANES * ROWS * COLUMNS, dtype="f8").reshape(PLANES, ROWS, COLUMNS)
    return numpy.array(steps, dtype="f8").reshape(-1, 1, 1, 1) * 1e6 + cells


def changed(path, copy, change):
    """A copy of a segment, of which h5py changes something."""
    shutil.copy(path, copy)
    with h5py.File(copy, "r+") as file:
        change(file)
    return copy


def run_tests(*tests):
    for name in [name for name in os.listdir(".") if name.endswith((".h5", ".json", ".vtkhdf"))]:
        os.remove(name)
    for test in tests:
        test()
        print(f"{test.__name__}: passed", flush=True)
