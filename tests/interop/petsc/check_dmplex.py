#!/usr/bin/env python3
"""What Tessera has written of a DMPlex of PETSc is what PETSc's own file says: vertices, cells, each value of a field.

    check_dmplex.py DIRECTORY     where dmplex.cpp has run
"""

import pathlib
import sys

import h5py
import numpy as np


def require(condition, message):
    if not condition:
        sys.exit(f"check_dmplex.py: {message}")


def volumes(places, cells):
    """Of bricks, by the edges from node 0 in VTK's order."""
    a, b, d, e = (places[cells[:, corner]] for corner in (0, 1, 3, 4))
    return np.einsum("ij,ij->i", np.cross(b - a, d - a), e - a)


def main(directory):
    with h5py.File(directory / "plex.h5") as ours, h5py.File(directory / "petsc.h5") as theirs:
        run = ours["poisson"]
        places = np.stack([run[f"box_{axis}"][:] for axis in "xyz"], axis=1)
        vertices = theirs["geometry/vertices"][:]
        require(places.shape == (5 * 4 * 3, 3) and np.array_equal(places, vertices), f"vertices differ: {places}")
        cells = run["box_connectivity"][:]
        others = theirs["viz/topology/cells"][:].astype("i8")
        require(len(cells) == 4 * 3 * 2 and np.array_equal(np.sort(cells), np.sort(others)), "cells differ")
        require((volumes(places, cells) > 0).all() and np.isclose(volumes(places, cells).sum(), 1), "other volumes")
        u = theirs["u"][:].ravel()
        require(np.array_equal(run["u"][1], u) and len(set(u)) > 20, f"values differ: {run['u'][1] - u}")
        x, y, z = places.T
        require(np.array_equal(run["u"][0], x + 10 * y * y + 0 * z), "step 0 differs")
    print(f"{len(places)} vertices, {len(cells)} cells: PETSc's file has the same")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
