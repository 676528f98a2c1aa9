"""Reads a whole field from two files with stock h5py, alternately; prints the measurement as a line of JSON.

read_back.py --field NAME --ranks N OTHER.h5 TESSERA.h5, files of equal content. Every reading is a process of its own:
in a common one, what the allocator kept of one reading decides how often the next one asks the system for memory.
"""

import argparse
import json
import os
import subprocess
import sys
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


def seconds_in_a_new_process(path):
    command = [sys.executable, __file__, "--once", path]
    return float(subprocess.run(command, check=True, timeout=600, stdout=subprocess.PIPE).stdout)


def compared(other, tessera):
    """Shape and bytes of the content, which has to be equal."""
    values = read(other)[1]
    if not np.array_equal(values, read(tessera)[1]):
        raise SystemExit(f"read_back.py: {other} and {tessera} differ")
    return values.shape, values.nbytes


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("other")
    parser.add_argument("tessera")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--field", required=True)
    parser.add_argument("--ranks", type=int, required=True)
    options = parser.parse_args()

    shape, raw_bytes = compared(options.other, options.tessera)
    seconds = {options.other: [], options.tessera: []}
    for i in range(options.repetitions):
        for path in list(seconds)[:: 1 if i % 2 == 0 else -1]:
            seconds[path].append(seconds_in_a_new_process(path))
    print(json.dumps({
        "row": "read", "field": options.field, "ranks": options.ranks, "place": "memory", "edge": shape[1],
        "steps": shape[0], "raw_bytes": raw_bytes, "other_bytes": os.path.getsize(options.other),
        "tessera_bytes": os.path.getsize(options.tessera), "other_seconds": seconds[options.other],
        "tessera_seconds": seconds[options.tessera], "compared": True}))


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--once":
        print(read(sys.argv[2])[0])
    else:
        main()
