#!/usr/bin/env python3
"""Opens the side files of curvilinear grids with ParaView: places and every value on points and in cells, in every
step, are those that h5py reads from the study.

    TESSERA_VTK_PROGRAM=pvpython check_curved_in_vtk.py DIRECTORY     of tests/mpi/curvilinear.cpp
"""

import os
import pathlib
import shutil
import sys
import tempfile

import h5py
import numpy as np
from check_in_vtk import dump, read_dump, require


def values_at(dataset, number):
    return dataset[number] if dataset.dims[0].keys() == ["time"] else dataset[...]


def check_step(where, run, number, step, places):
    """places: names of fields, x first."""
    require(step["class"] == "vtkStructuredGrid", f"{where}: {step['class']}")
    found = {(kind, name): array for kind, name, array in step["values"]}
    points = found["mesh", "points"].reshape(-1, 3)
    for axis in range(3):
        expected = values_at(run[places[axis]], number).ravel() if axis < len(places) else np.zeros(len(points))
        require(np.array_equal(points[:, axis], expected), f"{where}: other places along axis {axis}")
    shape = values_at(run[places[0]], number).shape
    shown = 0
    for name, dataset in run.items():
        if not isinstance(dataset, h5py.Dataset) or h5py.h5ds.is_scale(dataset.id) or dataset.dtype.kind != "f":
            continue
        values = values_at(dataset, number)
        in_cells = values.shape == tuple(extent - 1 for extent in shape)
        if values.shape != shape and not in_cells:
            continue
        key = ("cell" if in_cells else "point", name)
        if key not in found and np.all(values == dataset.fillvalue):
            continue  # declared by a job that committed no step, and so left the side file as it was
        require(key in found, f"{where}: no {key} among {sorted(found)}")
        require(np.array_equal(found[key].ravel(), values.ravel()), f"{where} {key}: other values")
        shown += 1
    return shown


def main():
    directory, program = sys.argv[1], os.environ["TESSERA_VTK_PROGRAM"].split()
    with tempfile.TemporaryDirectory() as elsewhere:
        moved = pathlib.Path(elsewhere) / "moved"
        shutil.copytree(directory, moved)
        paths = sorted([*moved.glob("*.static.xmf"), *moved.glob("*.moving.xmf")])
        require(len(paths) > 1, f"{len(paths)} side files in {directory}")
        dump(program, paths)
        for path in paths:
            if not pathlib.Path(f"{path}.npz").exists():
                print(f"{path.name}: no reader in this VTK")
                continue
            study, run_name = path.name.rsplit(".", 2)[:2]
            run = h5py.File(moved / f"{study}.h5")[run_name]
            places = ["lon", "lat"] if run_name == "static" else ["x", "y", "z"]
            steps = read_dump(path)
            require([step["time"] for step in steps] == list(run["time"]), f"{path}: other times")
            shown = [check_step(f"{path.name} step {n}", run, n, step, places) for n, step in enumerate(steps)]
            require(min(shown) >= 4, f"{path.name}: {shown} fields")
            print(f"{path.name}: {len(steps)} steps, {shown[0]} fields")


if __name__ == "__main__":
    main()
