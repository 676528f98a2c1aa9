#!/usr/bin/env python3
"""`tessera paraview` makes side files of studies as right as those that the library made beside them; says what it does
not show; and takes files that are damaged, or are no files, for what they are.

    check_paraview_verb.py PROGRAM DIRECTORY
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import h5py
from check_side_files import check_study, require


def call(program, *arguments, code):
    done = subprocess.run([program, "paraview", *map(str, arguments)], capture_output=True, text=True, timeout=60)
    said = f"tessera paraview {arguments}: exit code {done.returncode}, not {code}\n{done.stdout}{done.stderr}"
    require(done.returncode in code, said)
    return done.stdout + done.stderr


def check_directory(program, directory):
    for study in sorted(directory.glob("*.h5")):
        for path in study.parent.glob("*.vtkhdf"), study.parent.glob("*.xmf"):
            for side_file in path:
                side_file.unlink()
        said = call(program, study, code=(0, 1)) + call(program, "--xmf", study, code=(0, 1))
        if "." in "".join(name for name in h5py.File(study)):
            continue  # its name has dots where the checker wants none
        for line in check_study(study, may_lag=False):
            require(line.rsplit(":", 1)[0] in said, f"{line} is not in {said}")


def check_words(program, directory):
    study = next(directory.glob("*.LeaveOutWhatIsElsewhere.h5"))
    said = call(program, study, "run", code=(1,))
    for words in ("lonely", "a (5), b (6), c (7)", "four", "4 axes"):
        require(words in said, f"{words} is not in {said}")
    report = json.loads(call(program, "--json", study, "/run", code=(1,)))
    require(report["runs"][0]["points"] == [5, 6, 7] and len(report["runs"][0]["left_out"]) == 2, str(report))
    shapes = next(directory.glob("*.ShowAllShapes.h5"))
    require("'y' has one point" in call(program, shapes, "thin y 3", code=(1,)), "thin y")
    require("no field" in call(program, next(directory.glob("*.OfAFileBeforeGo.h5")), code=(1,)), "an empty study")


def check_bad_input(program, directory):
    study = next(directory.glob("*.ShowTheRootGroup.h5"))
    require("no run 'nowhere'" in call(program, study, "nowhere", code=(64,)), "nowhere")
    require("is no run" in call(program, study, "f", code=(64,)), "a field")
    call(program, code=(64,))
    call(program, directory / "absent.h5", code=(2,))
    call(program, directory, code=(2,))
    damaged = directory / "damaged.h5"
    damaged.write_bytes(study.read_bytes()[:3000])
    call(program, damaged, code=(2,))
    foreign = directory / "SideFiles.ShowTheRootGroup.vtkhdf"
    foreign.write_text("somebody's own")
    said = call(program, study, code=(1, 2, 70))
    require("no side file of" in said and foreign.read_text() == "somebody's own", said)


def main():
    program, directory = sys.argv[1:]
    with tempfile.TemporaryDirectory() as elsewhere:
        copy = pathlib.Path(elsewhere) / "copy"
        shutil.copytree(directory, copy)
        for path in copy.glob("*.after*"):
            path.unlink()
        check_directory(program, copy)
        check_words(program, copy)
        check_bad_input(program, copy)
    print("side files of the program are right")


if __name__ == "__main__":
    main()
