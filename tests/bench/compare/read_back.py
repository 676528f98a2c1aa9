"""Reads a whole field from two files with stock h5py, one process, alternately; prints the measurement as a line of JSON.

read_back.py OTHER.h5 TESSERA.h5, files of equal content; every reading opens its file anew."""

import argparse
import json
import os
import time

import h5py
import numpy as np

DATASET = "/simulation_1/velocity"


def read(path):
    """Seconds, and the values."""
    begin = time.perf_counter()
    with h5py.File(path, "r") as file:
        values = file[DATASET][...]
    return time.perf_counter() - begin, values


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("other")
    parser.add_argument("tessera")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--field", required=True)
    parser.add_argument("--ranks", type=int, required=True)
    options = parser.parse_args()

    values = read(options.other)[1]  # warms up
    if not np.array_equal(values, read(options.tessera)[1]):
        raise SystemExit(f"read_back.py: {options.other} and {options.tessera} differ")
    shape, raw_bytes = values.shape, values.nbytes
    del values
    seconds = {options.other: [], options.tessera: []}
    for i in range(options.repetitions):
        for path in sorted(seconds, reverse=i % 2 == 1):
            seconds[path].append(read(path)[0])
    print(json.dumps({
        "row": "read", "field": options.field, "ranks": options.ranks, "place": "memory", "edge": shape[1],
        "steps": shape[0], "raw_bytes": raw_bytes, "other_bytes": os.path.getsize(options.other),
        "tessera_bytes": os.path.getsize(options.tessera), "other_seconds": seconds[options.other],
        "tessera_seconds": seconds[options.tessera], "compared": True}))


if __name__ == "__main__":
    main()
