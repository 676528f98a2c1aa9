#!/usr/bin/env python3
"""Opens the side files of tables with ParaView: places and every value of every column in every step are those that
h5py reads from the study.

    TESSERA_VTK_PROGRAM=pvpython check_table_in_vtk.py DIRECTORY     of tests/mpi/table.cpp
"""

import os
import pathlib
import shutil
import sys
import tempfile

import h5py
import numpy as np
from check_in_vtk import dump, read_dump, require


def check_step(where, run, number, step):
    count = run["particles_count"][number]
    require(step["points"] == step["cells"] == count, f"{where}: {step['points']} points, not {count}")
    if count == 0:
        return
    begin = run["particles_begin"][number]
    found = {(kind, name): array for kind, name, array in step["values"]}
    expected = {("point", name): column for name, column in run.items()
                if "rows_of" in column.attrs and name != "position"}
    expected["mesh", "points"] = run["position"]
    for key, column in expected.items():
        require(key in found, f"{where}: no {key} among {sorted(found)}")
        require(np.array_equal(found[key].ravel(), column[begin:begin + count].ravel()), f"{where} {key}: other values")


def check(path, run):
    steps = read_dump(path)
    require([step["time"] for step in steps] == list(run["time"]), f"{path}: other times")
    for number, step in enumerate(steps):
        check_step(f"{path.name} step {number}", run, number, step)
    return f"{len(steps)} steps"


def main():
    directory, program = sys.argv[1], os.environ["TESSERA_VTK_PROGRAM"].split()
    with tempfile.TemporaryDirectory() as elsewhere:
        moved = pathlib.Path(elsewhere) / "moved"
        shutil.copytree(directory, moved)
        paths = sorted(moved.glob("*.r.particles_points.xmf"))
        require(len(paths) > 5, f"{len(paths)} side files in {directory}")
        dump(program, paths)
        for path in paths:
            readable = pathlib.Path(f"{path}.npz").exists()
            run = h5py.File(moved / f"{path.name.split('.')[0]}.h5")["r"]
            print(f"{path.name}: {check(path, run) if readable else 'no reader in this VTK'}")


if __name__ == "__main__":
    main()
