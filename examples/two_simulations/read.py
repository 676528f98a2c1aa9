"""Reads the files of two_simulations with h5py alone and checks them: read.py [DIRECTORY]"""

import pathlib
import sys

import h5py
import numpy as np


def expected(n):
    """The value of every point is its place in C order, so that exchanged axes show."""
    return np.arange(n**3, dtype=np.float64).reshape(n, n, n)


def check(results, n):
    assert isinstance(results, np.ndarray)
    assert results.dtype == np.float64, results.dtype
    assert results.shape == (n, n, n), results.shape
    assert np.array_equal(results, expected(n))


def main():
    directory = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    with h5py.File(directory / "simulation_results.h5", "r") as f:
        results = f["simulation_results"][:]
    check(results, 100)
    print("simulation_results:", results.shape, results.dtype)

    with h5py.File(directory / "simulations.h5", "r") as f:
        assert list(f) == ["simulation_1", "simulation_2"], list(f)
        for name, parameters in [
            ("simulation_1", {"resolution": 100, "time_step": 0.01}),
            ("simulation_2", {"resolution": 200, "time_step": 0.005}),
        ]:
            group = f[name]
            assert dict(group.attrs) == parameters, dict(group.attrs)
            assert isinstance(group.attrs["resolution"], np.integer)
            assert isinstance(group.attrs["time_step"], np.floating)
            check(group["results"][:], parameters["resolution"])
            print(name, parameters, group["results"].shape)


main()
