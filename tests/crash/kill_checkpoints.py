#!/usr/bin/env python3
"""Kills a job that writes one checkpoint after the other at random instants, each time in the same directory, and opens
what it left with stock h5py: every file with a checkpoint's name is whole, and none that was promised is missing."""

import argparse
import glob
import random
import re
import subprocess
import sys
import time

import h5py
import numpy as np

from check_run import Wrong, expect
from kill_loop import kill_tree, progress_of

SHAPE = (21, 18, 16)
KEPT = 2


def check(path, number):
    with h5py.File(path, "r") as file:
        group = file["checkpoint"]
        expect(group.attrs["step"] == number, f"{path}: step")
        wanted = number * 1e5 + np.arange(np.prod(SHAPE), dtype=np.float64).reshape(1, *SHAPE)
        expect(np.array_equal(group["a"][...], wanted), f"{path}: values")


def look(path, promised):
    """Every checkpoint in the directory; returns the newest one's number."""
    found = {}
    for name in glob.glob(path + ".*.h5"):
        number = re.fullmatch(re.escape(path) + r"\.(\d+)\.h5", name)
        if number:
            found[int(number.group(1))] = name
    for number, name in found.items():
        check(name, number)
    newest = max(found, default=0)
    expect(promised <= newest <= promised + 1, f"the newest is {newest}, but {promised} was promised")
    # Between the new one's name and the end of the oldest there is one more.
    expect(newest < KEPT or KEPT <= len(found) <= KEPT + 1, f"{sorted(found)} are there")
    return newest


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("launcher")
    parser.add_argument("program")
    parser.add_argument("path")
    parser.add_argument("--ranks", type=int, default=4)
    parser.add_argument("--kills", type=int, default=15)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    subprocess.run(f"rm -f {arguments.path}.*", shell=True, check=True)
    progress = arguments.path + ".progress"
    chooser, failures, before = random.Random(arguments.seed), [], 0
    for kill in range(arguments.kills):
        job = subprocess.Popen([arguments.launcher, str(arguments.ranks), arguments.program, arguments.path, progress],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while (progress_of(progress) or 0) <= before and time.monotonic() < deadline and job.poll() is None:
            time.sleep(0.002)
        time.sleep(chooser.uniform(0, 0.4))
        kill_tree(job.pid)
        job.wait(timeout=30)
        try:
            promised = progress_of(progress) or 0
            expect(promised > before, "the job did not start")
            before = look(arguments.path, promised)
        except (Wrong, OSError, KeyError) as error:
            failures.append(f"kill {kill}: {type(error).__name__}: {error}")
            break
    for failure in failures:
        print(failure)
    print(f"{arguments.kills} kills, {before} checkpoints, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
