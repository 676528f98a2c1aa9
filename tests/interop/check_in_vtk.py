#!/usr/bin/env python3
"""Opens the side files of a directory with VTK or ParaView: bounds, numbers of points and cells, and every value of
every array in every step are those that h5py reads from the study.

    TESSERA_VTK_PROGRAM=pvpython check_in_vtk.py DIRECTORY     or a Python with python3-vtk9
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import h5py
import numpy as np
from side_scene import runs_of, side_file

FIRST_WITH_TIME = (9, 3)  # and with cells, and with flat grids


def require(condition, message):
    if not condition:
        sys.exit(f"check_in_vtk.py: {message}")


def is_for(path, version):
    """VTK 9.1 and 9.2 read version 1.0 alone; what they do with a newer one, after a warning, is not asked."""
    if path.suffix == ".xmf" or version >= FIRST_WITH_TIME:
        return True
    with h5py.File(path) as file:
        return file["VTKHDF"].attrs["Version"][0] == 1


def check_step(where, scene, step, found, is_xmf):
    require("class" in found, f"{where}: nothing was read")
    require(np.allclose(found["bounds"], scene.bounds(), rtol=1e-12, atol=1e-12), f"{where}: bounds {found['bounds']}")
    points = np.array(scene.points)
    cells = np.prod(np.maximum(1, points - 1))
    require(found["points"] == points.prod(), f"{where}: {found['points']} points")
    require(found["cells"] == cells, f"{where}: {found['cells']} cells")
    wanted = {(array.location, name): array.values(step) for name, array in scene.arrays.items()
              if not is_xmf or scene.fits_xdmf(array)}
    wanted |= {("field", name): series[step : step + 1] for name, series in scene.series.items()}
    values = {(kind, name): array for kind, name, array in found["values"] if (kind, name) in wanted}
    require(set(values) == set(wanted), f"{where}: without {set(wanted) - set(values)}")
    for key, array in values.items():
        expected = wanted[key]
        if is_xmf and expected.dtype == np.uint64:
            expected = np.minimum(expected, np.uint64(2**63 - 1)).astype("i8")
        require(array.dtype == expected.dtype, f"{where} {key}: {array.dtype}, not {expected.dtype}")
        require(array.size == expected.size, f"{where} {key}: {array.shape}, not {expected.shape}")
        equal = np.array_equal(array.ravel(), expected.ravel(), equal_nan=expected.dtype.kind == "f")
        require(equal, f"{where} {key}: other values")


def read_dump(path):
    """What dump_with_vtk.py saw: a list of steps."""
    dump = np.load(f"{path}.npz")
    steps = json.loads(str(dump["index"]))
    for step in steps:
        step["values"] = [(kind, name, dump[f"a{number}"]) for kind, name, number, _ in step["arrays"]]
    return steps


def check(path, scene):
    steps = read_dump(path)
    has_times = len(scene.times) > 1 or path.suffix == ".xmf" and len(scene.times)
    times = [step["time"] for step in steps]
    wanted = list(scene.times) if has_times else [None]
    require(times == wanted or len(scene.times) == 0, f"{path}: times {times}")
    for number, step in enumerate(steps):
        check_step(f"{path.name} step {number}", scene, number, step, path.suffix == ".xmf")
    return f"{len(steps)} steps, {len(steps[0]['values'])} arrays"


def dump(program, paths, options=()):
    """Has the other Python read these files; \\return what it says of itself"""
    script = pathlib.Path(__file__).with_name("dump_with_vtk.py")
    done = subprocess.run([*program, script, *options, *paths], capture_output=True, text=True, timeout=500)
    said = done.stdout[-2000:] + done.stderr[-2000:]
    require(done.returncode == 0 and "VTK " in done.stdout, f"{program}: exit code {done.returncode}\n{said}")
    return done.stdout[done.stdout.index("VTK ") :]


def compare(directory, find, check_one):
    """What VTK reads of each side file, from another directory than the one that it was made for.

    find(DIRECTORY): what each side file is to show, by its path; check_one(PATH, that)
    """
    program = os.environ["TESSERA_VTK_PROGRAM"].split()
    with tempfile.TemporaryDirectory() as elsewhere:
        moved = pathlib.Path(elsewhere) / "moved"
        shutil.copytree(directory, moved)
        shown = find(moved)
        lines = dump(program, []).splitlines()
        version = tuple(int(number) for number in lines[0].split()[1].split(".")[:2])
        print(lines[0])
        shown = {path: one for path, one in shown.items() if is_for(path, version)}
        dump(program, shown)
        for path, one in shown.items():
            readable = pathlib.Path(f"{path}.npz").exists()
            print(f"{path.name}: {check_one(path, one) if readable else 'no reader in this VTK'}")


def scenes_in(directory):
    scenes = {}
    for study in sorted(directory.glob("*.h5")):
        for run, scene in runs_of(h5py.File(study)).items():
            for extension in (".vtkhdf", ".xmf"):
                path = side_file(study, run, extension)
                if path.exists():
                    scenes[path] = scene
    require(scenes, f"no side file in {directory}")
    return scenes


if __name__ == "__main__":
    compare(sys.argv[1], scenes_in, check)
