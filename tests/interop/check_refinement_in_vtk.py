#!/usr/bin/env python3
"""Opens the side files of refinements with VTK or ParaView: every box with its place, every value of every field, and
which cells a finer level hides, are those of tests/mpi/refinement.cpp.

    TESSERA_VTK_PROGRAM=pvpython check_refinement_in_vtk.py DIRECTORY     or a Python with python3-vtk9
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import h5py
import levels
import numpy as np
from check_refinement import STEPS, WITHOUT

FIRST_WITH_LEVELS = (9, 3)
HIDDEN = 8  # vtkDataSetAttributes::REFINEDCELL


def require(condition, message):
    if not condition:
        sys.exit(f"check_refinement_in_vtk.py: {message}")


def run_vtk(paths):
    script = pathlib.Path(__file__).with_name("dump_refinement_with_vtk.py")
    command = [*os.environ["TESSERA_VTK_PROGRAM"].split(), script, *paths]
    done = subprocess.run(command, capture_output=True, text=True, timeout=250)
    require(done.returncode == 0 and "VTK " in done.stdout, f"{command}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    require("rror" not in done.stderr, done.stderr[-2000:])
    return tuple(int(number) for number in done.stdout[done.stdout.index("VTK ") + 4 :].split()[0].split(".")[:2])


def hidden_cells(kind, step, level, box):
    """Those that boxes of the next level cover."""
    covered = np.zeros([end - first for first, end in zip(*box)], dtype=bool)
    if level + 1 == levels.LEVELS:
        return covered
    ratio = levels.RATIO[level + 1]
    for first, end in levels.boxes(kind, level + 1, step):
        part = tuple(slice(max(0, f // ratio - b), max(0, e // ratio - b)) for f, e, b in zip(first, end, box[0]))
        covered[part] = True
    return covered


def check_block(where, kind, step, box, block, arrays):
    level = block["level"]
    refined = np.prod(levels.RATIO[: level + 1])
    spacing = np.array(levels.SPACING[::-1]) / refined
    first, end = (np.array(corner[::-1]) for corner in box)
    require(np.allclose(block["spacing"], spacing, rtol=1e-14), f"{where}: spacing {block['spacing']}")
    origin = np.array(levels.ORIGIN[::-1]) + first * spacing
    require(np.allclose(block["origin"], origin, rtol=0, atol=1e-12), f"{where}: origin {block['origin']}")
    require(np.array_equal(block["points"], end - first + 1), f"{where}: {block['points']} points")
    for name, expected in levels.arrays(level, step, box).items():
        found = arrays[block["arrays"][name]]
        require(found.dtype == expected.dtype, f"{where} {name}: {found.dtype}")
        require(np.array_equal(found.ravel(), expected.ravel()), f"{where} {name}: other values")
    ghosts = arrays[block["arrays"]["vtkGhostType"]]
    wanted = hidden_cells(kind, step, level, box)
    require(np.array_equal((ghosts & HIDDEN) != 0, wanted.ravel()), f"{where}: other cells are hidden")


def check(path, run, step):
    dump = np.load(f"{path}.npz")
    index = json.loads(str(dump["index"]))
    arrays = [dump[f"a{number}"] for number in range(len(dump.files) - 1)]
    kind, ranks = int(run.attrs["kind"]), int(run.attrs["ranks"])
    require(index["class"] == "vtkOverlappingAMR", f"{path}: {index['class']}")
    wanted = [(level, box) for level in range(levels.LEVELS) for box in levels.in_file_order(kind, level, step, ranks)]
    require([block["level"] for block in index["blocks"]] == [level for level, _ in wanted], f"{path}: other boxes")
    for block, (level, box) in zip(index["blocks"], wanted):
        check_block(f"{path.name} level {level} box {box}", kind, step, box, block, arrays)
    return len(wanted)


def main():
    with tempfile.TemporaryDirectory() as elsewhere:
        moved = pathlib.Path(elsewhere) / "moved"
        shutil.copytree(sys.argv[1], moved)
        paths = sorted(moved.glob("*.r.amr_*.vtkhdf"))
        studies = {path.name.split(".")[0] for path in paths}
        require(len(paths) == len(studies) * (STEPS - 1) > 20, f"{len(paths)} side files of {studies}")
        require(not any(path.name.endswith(f"_{WITHOUT:06}.vtkhdf") for path in paths), "a side file without boxes")
        version = run_vtk([])
        if version < FIRST_WITH_LEVELS:
            print(f"VTK {version} does not read them")
            return
        run_vtk(paths)
        boxes = 0
        for path in paths:
            with h5py.File(moved / f"{path.name.split('.')[0]}.h5") as file:
                boxes += check(path, file["r"], int(path.stem[-6:]))
        print(f"{len(paths)} side files, {boxes} boxes as they should be")


if __name__ == "__main__":
    main()
