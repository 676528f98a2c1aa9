#!/usr/bin/env python3
"""Reads one probe's series of both files that the program probes left, by turns, with h5py: sizes, medians of 7, and
their ratios.

    read_probes.py DIRECTORY
"""

import pathlib
import statistics
import sys
import time

import h5py
import numpy as np


def series(path):
    with h5py.File(path) as file:
        return file["run/p"][:, 3]


def main(directory):
    paths = {name: directory / f"{name}.h5" for name in ("none", "single", "spanning")}
    seconds = {name: [] for name in ("single", "spanning")}
    for _ in range(7):
        for name in seconds:
            begin = time.perf_counter()
            values = series(paths[name])
            seconds[name].append(time.perf_counter() - begin)
    if not np.array_equal(values, series(paths["single"])):
        sys.exit("read_probes.py: the files differ")
    sizes = {name: path.stat().st_size for name, path in paths.items()}
    for name, times in seconds.items():
        with h5py.File(paths[name]) as file:
            probes = file["run/p"]
            chunks, stored = probes.id.get_num_chunks(), probes.id.get_storage_size()
        print(f"{name:8}: {chunks} chunks of {stored} bytes in all, probes take {sizes[name] - sizes['none']} bytes of "
              f"the file, a series of {len(values)} in {1e3 * statistics.median(times):.2f} ms")
    size = (sizes["single"] - sizes["none"]) / (sizes["spanning"] - sizes["none"])
    speed = statistics.median(seconds["single"]) / statistics.median(seconds["spanning"])
    print(f"single to spanning: size {size:.1f}, time to read {speed:.1f}")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
