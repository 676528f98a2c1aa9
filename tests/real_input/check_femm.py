#!/usr/bin/env python3
"""Compares what write_femm wrote with its input, value by value, by h5py: check_femm.py INPUT OUTPUT."""

import sys

import h5py
import numpy as np

with h5py.File(sys.argv[1], "r") as source, h5py.File(sys.argv[2], "r") as written:
    mesh = source["data/1/meshes/B"]
    field = np.stack([mesh[component][:] for component in "xyz"], axis=-1)
    assert field.shape == (47, 47, 47, 3) and np.ptp(field) > 0, "the input is not what this test is about"
    run = written["mirror"]
    assert run["B"].shape == (2, *field.shape) and run["B"].dtype == np.float64
    for step in range(2):
        assert np.array_equal(run["B"][step], field), f"step {step} differs"
    assert np.array_equal(run["Bx"][:], field[..., 0]), "the static field differs"
    print(f"{run['B'].size + run['Bx'].size} values are equal; stored in {run['B'].id.get_storage_size()} bytes")
