#!/usr/bin/env python3
"""Opens what full_disk left with stock h5py: check_full_disk.py FILE STEPS"""

import sys

import h5py
import numpy as np

EXTENT = 64


def noise(numbers):
    numbers = numbers + np.uint64(0x9E3779B97F4A7C15)
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((numbers ^ (numbers >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def main():
    steps = int(sys.argv[2])
    cells = EXTENT**3
    with h5py.File(sys.argv[1], "r") as file:
        field = file["r/f"]
        assert field.shape[0] == steps and np.array_equal(file["r/time"][:], np.arange(steps)), field.shape
        for step in range(steps):
            expected = noise(np.arange(step * cells, (step + 1) * cells, dtype=np.uint64))
            assert np.array_equal(field[step].ravel(), expected), f"values of step {step}"
    print(f"h5py: {steps} steps, every value")


if __name__ == "__main__":
    main()
