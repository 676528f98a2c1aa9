#!/usr/bin/env python3
"""What tests/mpi/changing_mesh.cpp wrote, with h5py: places of nodes that move, and versions of a mesh.

    check_changing_mesh.py [TESSERA] DIRECTORY

With the program tessera, what it extracts of them, too.
"""

import pathlib
import subprocess
import sys
import tempfile

import h5py
import numpy as np


def require(condition, message):
    if not condition:
        sys.exit(f"check_changing_mesh.py: {message}")


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def value(ids, step, component):
    return ids + 0.25 * component + 1000 * (step + 1)


def check_moving(run):
    """Node i is at its place of reference and i hundredths further in each step."""
    require(text(run["bricks"].attrs["node_position"]) == "place", "no position")
    reference = np.stack([run[f"bricks_{axis}"][:] for axis in "xyz"], axis=1)
    for step in range(3):
        ids = np.arange(len(reference))[:, None]
        require(np.array_equal(run["place"][step], reference + 0.01 * step * ids), f"other places in step {step}")


def check_versions(run, versions):
    require(run["bricks_version"].dtype == np.int64, "versions are no integers")
    require(list(run["bricks_version"][:]) == versions, f"versions {run['bricks_version'][:]}")
    for version in set(versions):
        topology = run[f"bricks_{version}"].attrs
        require(text(topology["version_of"]) == "bricks" and topology["mesh_version"] == version, f"no {version}")
        u, kind, material = run[f"u_{version}"], run[f"kind_{version}"], run[f"material_{version}"]
        require(material.dtype == np.uint8 and material.attrs["flag_values"].dtype == np.uint8, "flags of another type")
        require(list(material.attrs["flag_values"]) == [0, 1], "other flags")
        require(np.isnan(u.attrs["_FillValue"][0]) and u.shape[:2] == (len(versions), 60), f"{u}")
        require(text(u.attrs["mesh"]) == f"bricks_{version}", "another mesh")
        cells = np.arange(kind.shape[1])
        require(np.array_equal(material[:], cells % 2), "other materials")
        for step, current in enumerate(versions):
            if current == version:
                expected = value(np.arange(60)[:, None], step, np.arange(3))
                require(np.array_equal(u[step], expected) and np.array_equal(kind[step], cells + step), f"step {step}")
            else:
                require(np.isnan(u[step]).all() and (kind[step] == -1).all(), f"values in step {step}")


def check_extracted(program, path):
    """Fields of some versions alone, and some steps: the series that tells the versions comes with them."""
    with tempfile.TemporaryDirectory() as directory:
        part = pathlib.Path(directory) / "part.h5"
        subprocess.run([program, "extract", path, "r", "-o", part, "--fields", "u_1,u_2", "--steps", "1:4"], check=True,
                       stdout=subprocess.DEVNULL)
        run = h5py.File(part)
        require("bricks_version" in run and list(run["bricks_version"][:]) == [1, 2, 2], f"versions of {sorted(run)}")
        require(text(run["bricks_version"].attrs["version_of"]) == "bricks", "versions of another mesh")
        require("bricks_1" in run and "bricks_2" in run and "bricks_5" not in run, f"meshes of {sorted(run)}")
        subprocess.run([program, "verify", part], check=True, stdout=subprocess.DEVNULL)
    print("the series of versions is extracted")


def main(directory):
    check_moving(h5py.File(directory / "moving.h5")["r"])
    check_versions(h5py.File(directory / "versions.h5")["r"], [1, 1, 2, 2, 5])
    if (directory / "versions_appended.h5").exists():
        check_versions(h5py.File(directory / "versions_appended.h5")["r"], [1, 2, 2, 3])
    print("places and versions are as written")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[-1]))
    if len(sys.argv) > 2:
        check_extracted(sys.argv[1], pathlib.Path(sys.argv[-1]) / "versions.h5")
