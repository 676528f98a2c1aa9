#!/usr/bin/env python3
"""tessera join: segments in time and space as one file, for h5py, xarray, ncdump, our Reader and the other verbs; what
is missing is an error; what does not fit together is refused.

    check_join.py TESSERA LAUNCH WRITER SEGMENT_WRITER SCENE_WRITER
"""

import os
import pathlib
import shutil
import subprocess
import sys

import h5py
import numpy

from program import LAUNCH, require, tessera, tessera_json, write
from segments import COLUMNS, PLANES, ROWS, STEPS, changed, expected, run, run_tests, segment

def check_whole(path):
    with h5py.File(path, "r") as file:
        heat = file["heat"]
        require(numpy.array_equal(heat["temperature"][()], expected(range(STEPS))), f"{path}: temperature")
        require(numpy.array_equal(heat["conductivity"][()], expected([-1])[0]), f"{path}: conductivity")
        require(numpy.array_equal(heat["time"], 0.25 * numpy.arange(STEPS)), f"{path}: time")
        require(numpy.array_equal(heat["residual"], 1 / (1 + numpy.arange(STEPS))), f"{path}: residual")
        require(numpy.array_equal(heat["z"], 0.5 * numpy.arange(PLANES)), f"{path}: z")
        require(heat.attrs["resolution"] == 7, f"{path}: resolution")
        names = [dimension[0].name for dimension in heat["temperature"].dims]
        require(names == ["/heat/time", "/heat/z", "/heat/y", "/heat/x"], f"{path}: axes {names}")
        numbers = [scale.attrs["_Netcdf4Dimid"] for scale in heat.values() if "_Netcdf4Dimid" in scale.attrs]
        require(len(set(numbers)) == len(numbers), f"{path}: numbers of dimensions {numbers}")
    subprocess.run(["ncdump", path], check=True, stdout=subprocess.DEVNULL, timeout=60)


def check_xarray(path):
    try:
        import xarray
    except ImportError:
        print("skipped: no xarray")
        return
    for engine in ("h5netcdf", "netcdf4"):
        try:
            data = xarray.open_dataset(path, group="heat", engine=engine)
        except (ValueError, ImportError) as error:
            print(f"skipped: xarray with {engine}: {error}")
            continue
        values = data.temperature.sel(time=0.75, z=9).values
        require(numpy.array_equal(values, expected([3])[0, 18]), f"xarray with {engine}")


def check_reader(path, ranks, text):
    """Every rank says the same."""
    lines = [line for line in run(ranks, path, "--read").splitlines() if line.startswith("rank")]
    require(len(lines) == ranks, f"{ranks} ranks, but {lines}")
    for line in lines:
        require(text in line and "WRONG" not in line, f"{line}, not {text}")


def four_parts(prefix=""):
    return [segment(f"{prefix}part {t}.{z}%b.h5", (12 * z, 12 * z + 12), (2 * t, 2 * t + 2), ranks=1 + t + z)
            for t in range(2) for z in range(2)]


def test_together():
    parts = four_parts()
    report = tessera_json("join", "main.h5", *reversed(parts))
    require(report["virtual_datasets"] == 1 and not report["notes"], f"{report}")
    check_whole("main.h5")
    check_xarray("main.h5")
    listed = tessera("ls", "main.h5").stdout
    require("in 4 other files" in listed, listed)
    require("4 other files" in tessera("verify", "main.h5").stdout, "verify does not speak of segments")
    for ranks in range(1, 5):
        check_reader("main.h5", ranks, " right" * STEPS)
    tessera("repack", "main.h5", "one.h5")
    check_whole("one.h5")
    with h5py.File("one.h5", "r") as file:
        temperature = file["heat/temperature"]
        require(temperature.chunks == (1, 12, ROWS, COLUMNS) and temperature.compression == "gzip", "stored otherwise")
    subprocess.run(["h5diff", "main.h5", "one.h5"], check=True, timeout=60)
    tessera("diff", "main.h5", "one.h5")
    subprocess.run([LAUNCH, "3", sys.argv[1], "repack", "main.h5", "three.h5"], check=True, timeout=60)
    subprocess.run(["h5diff", "one.h5", "three.h5"], check=True, timeout=60)
    run(2, "one.h5", "--append", "--steps", STEPS, STEPS + 1)  # it is a file like any other
    tessera("extract", "main.h5", "heat", "-o", "heat.h5")
    left_out = tessera_json("refs", "main.h5", "-o", "refs.json")["left_out"]
    require(any("temperature" in line for line in left_out), f"refs: {left_out}")
    tessera("paraview", "main.h5")
    with h5py.File("main.heat.vtkhdf", "r") as file:
        shown = file["VTKHDF/PointData/temperature"][()]
        require(numpy.array_equal(shown, expected(range(STEPS))), "main.heat.vtkhdf")
    require("is virtual" in run(2, "main.h5", "--append", "--steps", STEPS, STEPS + 1, code=1), "appended to main.h5")


def test_missing():
    """Never a silent fill: what is not there is said, what is there can be read."""
    os.rename("part 1.0%b.h5", "away")
    try:
        for ranks in range(1, 5):
            check_reader("main.h5", ranks, " right right (")
        check_reader("main.h5", 2, "part 1.0%b.h5")
        findings = tessera_json("verify", "main.h5", codes=(1,))["findings"]
        require([one["kind"] for one in findings] == ["segment"], f"{findings}")
        for arguments in (["repack", "main.h5", "two.h5"], ["show", "main.h5", "heat/temperature", "--step", "3"]):
            require("part 1.0%b.h5" in tessera(*arguments, codes=(2,)).stderr, f"{arguments}")
        require(not os.path.exists("two.h5"), "half a copy is left")
        tessera("show", "main.h5", "heat/temperature", "--step", "1")
        segment("part 1.0%b.h5", (0, 12), (2, 3))  # another file in its place
        require("shorter" in tessera("verify", "main.h5", codes=(1,)).stdout, "a shorter segment is not noticed")
        check_reader("main.h5", 3, "shorter")
        pathlib.Path("part 1.0%b.h5").write_bytes(b"no HDF5 file")
        tessera("verify", "main.h5", codes=(1,))
        check_reader("main.h5", 2, "part 1.0%b.h5")
    finally:
        os.rename("away", "part 1.0%b.h5")
    check_reader("main.h5", 2, " right" * STEPS)


def damaged(path, change):
    """The bytes as they are after a change, and as they were."""
    whole = pathlib.Path(path).read_bytes()
    pathlib.Path(path).write_bytes(change(whole))
    return whole


def test_damaged():
    """A segment that was truncated, or in whose values a byte is another one: an error that names it, on all ranks."""
    path = "part 1.1%b.h5"
    with h5py.File(path, "r") as file:
        chunks = file["heat/temperature"].id
        place = chunks.get_chunk_info(chunks.get_num_chunks() - 1)
    changes = (lambda whole: whole[:place.byte_offset + place.size // 2],
               lambda whole: whole[:place.byte_offset + 9] + bytes([whole[place.byte_offset + 9] ^ 255])
               + whole[place.byte_offset + 10:])
    for change in changes:
        whole = damaged(path, change)
        for ranks in (1, 3):
            check_reader("main.h5", ranks, " right right ")
            check_reader("main.h5", ranks, path)
        pathlib.Path(path).write_bytes(whole)
    check_reader("main.h5", 2, " right" * STEPS)


def test_changed():
    """Segments that are written on, or stored otherwise, since they were joined; elements of another type."""
    begin, end = segment("low.h5", (0, 12), ranks=2), segment("high.h5", (12, 24), ranks=3)
    tessera("join", "changed.h5", begin, end)
    run(2, "low.h5", "--planes", 0, 12, "--steps", STEPS, STEPS + 2, "--append")
    tessera("repack", "high.h5", "repacked.h5", "--chunk", "5,7,9", "--codec", "none")
    os.rename("repacked.h5", "high.h5")
    check_whole("changed.h5")
    for ranks in range(1, 5):
        check_reader("changed.h5", ranks, " right" * STEPS)
    with h5py.File("high.h5", "r+") as file:
        values = file["heat/temperature"][()]
        attributes = dict(file["heat/temperature"].attrs)
        del file["heat/temperature"]
        file["heat"].create_dataset("temperature", data=values.astype(">f8"), chunks=(2, 12, 20, 16))
        require(attributes["units"], "no units")
    for ranks in (1, 3):  # HDF5 reads it
        check_reader("changed.h5", ranks, " right" * STEPS)


def test_gap():
    """What no segment has reads the fill value, also where a box has cells of both."""
    first = segment("gap first.h5", (0, 8), (0, 4), "--late")
    second = segment("gap second.h5", (8, 24), (0, 4))
    tessera("join", "filled.h5", first, second)
    with h5py.File("filled.h5", "r") as file:
        late = file["heat/late"][()]
        require((late[:, 8:] == -1).all() and numpy.array_equal(late[:, :8], expected(range(4))[:, :8].astype("f4")),
                "h5py reads something else")
    for ranks in range(1, 5):
        lines = [line for line in run(ranks, "filled.h5", "--read", "--late").splitlines() if line.startswith("rank")]
        require(len(lines) == ranks and all(line.endswith(" right" * STEPS) for line in lines), f"{lines}")


def test_places():
    """Segments are looked for from where the file is: a directory can be moved."""
    shutil.rmtree("moved", ignore_errors=True)
    shutil.rmtree("study", ignore_errors=True)
    os.makedirs("study/data")
    parts = four_parts("study/data/")
    tessera("join", "study/main.h5", *parts)
    os.rename("study", "moved")
    check_whole("moved/main.h5")
    check_reader("moved/main.h5", 2, " right" * STEPS)
    with h5py.File("moved/main.h5", "r") as file:
        names = [part.file_name for part in file["heat/temperature"].virtual_sources()]
        require(all(name.startswith("data/") for name in names), f"{names}")
        require(list(file.attrs["segments"]) == [part[len("study/"):] for part in parts], "attribute segments")


def test_links():
    """Names are right, too, where the directory is a link."""
    shutil.rmtree("real", ignore_errors=True)
    pathlib.Path("link").unlink(missing_ok=True)
    os.makedirs("real/below")
    os.symlink("real/below", "link")
    tessera("join", "link/study.h5", segment("whole.h5"))
    check_whole("link/study.h5")
    check_whole("real/below/study.h5")


def test_restart():
    """A job that went on from an earlier step, in another file."""
    first, second = segment("first.h5", steps=(0, 3)), segment("second.h5", steps=(2, 4))
    error = tessera("join", "restarted.h5", first, second, codes=(2, 64)).stderr
    require("overlap" in error and "--later-wins" in error, error)
    tessera("join", "restarted.h5", second, first, "--later-wins")
    check_whole("restarted.h5")
    with h5py.File("restarted.h5", "r") as file:
        parts = {part.file_name: part.vspace.get_select_bounds() for part in file["heat/temperature"].virtual_sources()}
        require(parts["first.h5"][1][0] == 1 and parts["second.h5"][0][0] == 2, f"{parts}")


def test_more():
    """Fields that begin late, runs that one segment has, parameters that differ, the same file again."""
    late = segment("late.h5", (0, PLANES), (2, 4), "--late", "--parameter", "8")
    begin = segment("begin.h5", steps=(0, 2))
    write("other.h5", 2)
    report = tessera_json("join", "more.h5", begin, late, "other.h5")
    require(any("resolution" in note for note in report["notes"]), f"{report}")
    check_whole("more.h5")
    with h5py.File("more.h5", "r") as file:
        values = file["heat/late"][()]
        require((values[:2] == -1).all() and numpy.array_equal(values[2:], expected([2, 3]).astype("f4")), "late")
        require("simulation" in file, "a run of one segment")
    require("there is a file" in tessera("join", "more.h5", begin, codes=(2, 64)).stderr, "overwritten")
    tessera("join", "more.h5", begin, "--overwrite")


def test_unequal():
    """Segments that do not mean the same: units, names, fill values; steps that not all have; gaps; statistics."""
    begin, end = segment("begin.h5", steps=(0, 2)), segment("end.h5", steps=(2, 4))

    def set_units(file):
        file["heat/temperature"].attrs["units"] = numpy.bytes_("degC")

    def set_time(file):
        file["heat/time"].attrs["units"] = numpy.bytes_("hours")

    def add_names(names):
        def change(file):
            scale = file["heat"].create_dataset("component", data=names, dtype=h5py.string_dtype())
            scale.make_scale("component")
            values = file["heat"].create_dataset("pair", data=[1.0, 2.0])
            values.dims[0].attach_scale(scale)
        return change

    for first, second, word in ((begin, changed(end, "units.h5", set_units), "units"),
                                (begin, changed(end, "hours.h5", set_time), "units"),
                                (changed(begin, "uv.h5", add_names(["u", "v"])),
                                 changed(end, "vu.h5", add_names(["v", "u"])), "other values")):
        error = tessera("join", "unequal.h5", first, second, codes=(2, 64)).stderr
        require(word in error, f"{first} {second}: {error}")
    require(tessera("diff", "uv.h5", "begin.h5", codes=(1,)), "nothing differs")

    more, fewer = segment("more.h5", (0, 12), (0, 4)), segment("fewer.h5", (12, 24), (0, 3))
    notes = tessera_json("join", "steps.h5", more, fewer)["notes"]
    require(any("more steps" in note and "'more.h5'" in note for note in notes), f"{notes}")
    with h5py.File("steps.h5", "r") as file:
        require(numpy.array_equal(file["heat/temperature"], expected(range(3))), "steps that all have")
    low, high = segment("low.h5", (0, 8)), segment("high.h5", (16, 24))
    notes = tessera_json("join", "gap.h5", low, high)["notes"]
    require(any("gap between 3.5" in note for note in notes), f"{notes}")

    write("other.h5", 4)
    tessera("repack", "other.h5", "other 1.h5", "--steps", ":2", "--overwrite")
    tessera("repack", "other.h5", "other 2.h5", "--steps", "2:", "--overwrite")
    tessera("join", "others.h5", "other 1.h5", "other 2.h5")
    with h5py.File("others.h5", "r") as file, h5py.File("other.h5", "r") as whole:
        tables = [name for name in whole["simulation/field_statistics"]]
        for name in tables:
            path = f"simulation/field_statistics/{name}"
            require(numpy.array_equal(file[path], whole[path], equal_nan=True), f"{path}: other values")

    def reorder(file):
        attributes = file["simulation/field_statistics/table_1"].attrs
        names = list(attributes["fields"])
        del attributes["fields"]
        attributes["fields"] = names[::-1]

    notes = tessera_json("join", "others.h5", "other 1.h5", changed("other 2.h5", "turned.h5", reorder),
                         "--overwrite")["notes"]
    require(any("field_statistics is left out" in note for note in notes), f"{notes}")
    with h5py.File("others.h5", "r") as file:
        require("field_statistics" not in file["simulation"], "statistics of other fields")


def test_refused():
    """One line says what does not fit, and no file is left."""
    parts = ["part 0.0%b.h5", "part 0.1%b.h5", "part 1.0%b.h5", "part 1.1%b.h5"]
    other = segment("other scalar.h5", (12, 24), (0, 2), "--scalar", "3")
    shifted = segment("shifted.h5", (6, 18), (0, 2))
    for segments, words in ((parts[:3], "is a segment missing"), ([parts[0], other], "other values"),
                            ([parts[0], shifted], "overlap"), ([parts[0], "main.h5"], "other files"),
                            ([parts[0], parts[0]], "twice"),
                            ([parts[0], "nothing.h5"], "nothing.h5"), ([parts[0], "refused.h5"], "its own segments")):
        error = tessera("join", "refused.h5", *segments, codes=(2, 64)).stderr
        require(words in error and error.count("\n") == 1, f"{segments}: {error}")
        require(not os.path.exists("refused.h5"), f"{segments}: a file is left")


run_tests(test_together, test_missing, test_damaged, test_changed, test_gap, test_places, test_links, test_restart,
          test_more, test_unequal, test_refused)
