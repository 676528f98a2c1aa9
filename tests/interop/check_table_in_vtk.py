#!/usr/bin/env python3
"""Opens the side files of tables with VTK or ParaView: places and every value of every column in every step are those
that h5py reads from the study; each row is in a cell, and there is nothing else.

    TESSERA_VTK_PROGRAM=pvpython check_table_in_vtk.py DIRECTORY     of tests/mpi/table.cpp; or a Python with
                                                                     python3-vtk9
"""

import sys

import h5py
import numpy as np
from check_in_vtk import compare, read_dump, require

ROWS_OF_A_CELL = 1 << 17


def check_step(where, run, number, step):
    count = run["particles_count"][number]
    cells = -(-count // ROWS_OF_A_CELL) if ".vtkhdf" in where else count
    require(step["points"] == count, f"{where}: {step['points']} points, not {count}")
    require(step["cells"] == cells, f"{where}: {step['cells']} cells, not {cells}")
    begin = run["particles_begin"][number]
    found = {(kind, name): array for kind, name, array in step["values"] if kind != "field"}
    if ("mesh", "vertices") in found:
        require(np.array_equal(found.pop(("mesh", "vertices")), np.arange(count)), f"{where}: other vertices")
    if count == 0:
        return
    expected = {("point", name.replace(".", "_")): column for name, column in run.items()
                if "rows_of" in column.attrs and name != "position" and column.dtype != np.float16}
    expected["mesh", "points"] = run["position"]
    arrays = {key for key in found if key[0] != "mesh"} | {("mesh", "points")}
    require(arrays == set(expected), f"{where}: {sorted(arrays)}, not {sorted(expected)}")
    for key, column in expected.items():
        require(np.array_equal(found[key].ravel(), column[begin:begin + count].ravel()), f"{where} {key}: other values")


def check(path, run):
    steps = read_dump(path)
    require([step["time"] for step in steps] == list(run["time"]), f"{path}: other times")
    for number, step in enumerate(steps):
        check_step(f"{path.name} step {number}", run, number, step)
    return f"{len(steps)} steps"


def tables_in(directory):
    tables = {}
    for path in sorted(directory.glob("*.r.particles_points.*")):
        tables[path] = h5py.File(directory / f"{path.name.split('.')[0]}.h5")["r"]
    require(len(tables) > 10, f"{len(tables)} side files in {directory}")
    return tables


if __name__ == "__main__":
    compare(sys.argv[1], tables_in, check)
