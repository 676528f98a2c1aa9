"""For python_reader.cpp: for every line of the standard input, reads a dataset step by step, and prints how long."""

import sys
import time

import h5py

for _ in sys.stdin:
    begin = time.perf_counter()
    with h5py.File(sys.argv[1], "r") as file:
        dataset = file[sys.argv[2]]
        for step in range(dataset.shape[0]):
            values = dataset[step]
    print(time.perf_counter() - begin, flush=True)
