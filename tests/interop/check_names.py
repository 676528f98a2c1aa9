#!/usr/bin/env python3
"""Do netCDF's tools take files with names that Tessera neither refused nor warned of?

    check_names.py DIRECTORY...
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

import h5py
import numpy as np


def datasets_of(path):
    found = {}
    with h5py.File(path) as file:
        file.visititems(lambda name, item: found.update({name: item[()]} if isinstance(item, h5py.Dataset) else {}))
    return found


def copy_problems(path, copy, command):
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if run.returncode:
        return [f"{command[0]}: exit code {run.returncode}, {run.stderr.strip()[:500]}"]
    expected, actual = datasets_of(path), datasets_of(copy)
    if expected.keys() != actual.keys():
        return [f"{command[0]}: other names, {sorted(expected.keys() ^ actual.keys())}"]
    return [f"{command[0]}: other values in {name}" for name in expected
            if not np.array_equal(expected[name], actual[name])]


def problems_of(path, directory):
    run = subprocess.run(["ncdump", str(path)], capture_output=True, text=True, timeout=60, check=False)
    if run.returncode:
        yield f"ncdump: exit code {run.returncode}, {run.stderr.strip()[:500]}"
    yield from copy_problems(path, directory / "nccopy.h5", ["nccopy", str(path), str(directory / "nccopy.h5")])
    if shutil.which("ncks"):
        yield from copy_problems(path, directory / "ncks.h5", ["ncks", "-O", str(path), str(directory / "ncks.h5")])
    else:
        print("ncks is missing (Debian: nco): not asked")


def main():
    problems = []
    files = [path for directory in sys.argv[1:] for path in pathlib.Path(directory).glob("*.h5")]
    for path in files:
        with tempfile.TemporaryDirectory() as directory:
            problems += [f"{path}: {problem}" for problem in problems_of(path, pathlib.Path(directory))]
    print("\n".join(problems) or f"{len(files)} files, no problem")
    return 1 if problems or not files else 0


if __name__ == "__main__":
    sys.exit(main())
