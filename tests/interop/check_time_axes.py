#!/usr/bin/env python3
"""Works out what tests/mpi/time_axes.cpp wrote: with h5py, and with xarray and ncdump where they are.

    check_time_axes.py [TESSERA] DIRECTORY

With the program tessera, what its verbs make of them, too.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import h5py
import numpy as np

SHAPE = (7, 9)
NUMBERS = np.arange(63.0).reshape(SHAPE)
STEPS = 11


def require(condition, message):
    if not condition:
        sys.exit(f"check_time_axes.py: {message}")


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def times(steps):
    return np.array([3600.0 * step + 0.1 for step in steps])


def snapshots(steps):
    return [step for step in steps if step % 3 == 0]


def rare(steps):
    return [step for step in steps if step % 4 == 1]


def vector(step):
    values = 1000.0 * step + np.arange(189.0).reshape(*SHAPE, 3)
    return values.astype("f4") if step % 2 == 0 else np.full((*SHAPE, 3), -1, "f4")


def gaps(step):
    return (1000.0 * step + NUMBERS).astype("f4") if step % 2 == 0 else np.full(SHAPE, -1, "f4")


def check_chunks(run):
    """Fields with several steps in a chunk: no more chunks than that takes."""
    for name, steps, cells in ("history", 4, SHAPE), ("probes", 8, (3,)), ("gaps", 2, SHAPE):
        dataset = run[name]
        require(dataset.chunks == (steps, *cells), f"{name} has chunks of {dataset.chunks}")
        count = dataset.id.get_num_chunks()
        require(count <= -(-len(dataset) // steps), f"{name} has {count} chunks for {len(dataset)} steps")
        if count > 0:
            require(all(dataset.id.get_chunk_info(i).filter_mask == 0 for i in range(count)), f"filter masks of {name}")


def check_axis(run, name, steps):
    axis = run[name]
    require(np.array_equal(axis[:], times(steps)), f"{name} is {axis[:]}")
    is_axis = axis.dtype == "<f8" and axis.maxshape == (None,) and h5py.h5ds.is_scale(axis.id)
    require(is_axis, f"{name} is no axis of time")
    about = {key: text(value) for key, value in axis.attrs.items()}
    expected = {"units": "seconds since 2026-01-01", "axis": "T", "standard_name": "time"}
    require(expected.items() <= about.items(), f"{name} has {about}")
    require(about.get("steps_among") == (None if name == "time" else "time"), f"{name} has {about}")


def check_on(run, name, axis, expected):
    dataset = run[name]
    scales = [pathlib.PurePath(scale.name).name for scale in dataset.dims[0].values()]
    require(scales == [axis], f"{name} is on {scales}, not on {axis}")
    require(dataset.maxshape[0] is None and dataset.shape[0] == len(expected), f"{name} has {dataset.shape[0]} rows")
    require(np.array_equal(dataset[:], np.array(expected).reshape(dataset.shape)), f"other values of {name}")


def check(path, steps=range(STEPS), group="a"):
    with h5py.File(path) as file:
        run = file[group]
        for name, its in ("time", steps), ("snapshot_time", snapshots(steps)), ("rare_time", rare(steps)):
            check_axis(run, name, its)
        check_on(run, "every", "time", [step + NUMBERS for step in steps])
        check_on(run, "history", "time", [10 * step + NUMBERS for step in steps])
        check_axis(run, "probe_time", steps)
        check_on(run, "probes", "probe_time", [(step + 0.5, 7.0 * step, -1) for step in steps])
        check_on(run, "gaps", "snapshot_time", [gaps(step) for step in snapshots(steps)])
        check_chunks(run)
        check_on(run, "energy", "time", [2.0 * step for step in steps])
        check_on(run, "snapshot", "snapshot_time", [100 * step + NUMBERS for step in snapshots(steps)])
        check_on(run, "vector", "snapshot_time", [vector(step) for step in snapshots(steps)])
        check_on(run, "norm", "snapshot_time", [3.0 * step for step in snapshots(steps)])
        check_on(run, "rare", "rare_time", [0.25 * step for step in rare(steps)])
        if "never" in run:  # not in what was extracted
            check_axis(run, "never_time", [])
            check_on(run, "never", "never_time", [])
        for table in run.get("field_statistics", {}).values():
            if table.ndim == 2:
                fields = table.attrs["fields"]
                on = "time" if "every" in fields else "probe_time" if "probes" in fields else "snapshot_time"
                scale = pathlib.PurePath(table.dims[0][0].name).name
                require(scale == on, f"{table.name} is on {scale}")
                require(len(table) == len(run[on]), f"{table.name} has {len(table)} rows")
                if on == "snapshot_time":
                    require(np.array_equal(table[:, 0], [100.0 * step for step in snapshots(steps)]), "other minima")


def check_behind(path):
    """Fields whose steps were taken twice have them once, and so do their statistics."""
    with h5py.File(path) as file:
        run = file["a"]
        for number, name in enumerate("pq"):
            expected = np.array([(step + 0.5, 7.0 * step, number) for step in range(8)])
            require(np.array_equal(run[name][:], expected), f"{name} is {run[name][:]}")
            tables = [one for one in run["field_statistics"].values() if one.ndim == 2]
            (table,) = (one for one in tables if name in one.attrs["fields"])
            fields, kinds = list(table.attrs["fields"]), list(table.attrs["statistics"])
            counts = table[:, fields.index(name) * len(kinds) + kinds.index("count")]
            require(np.all(counts == 3), f"statistics of {name} count {counts}")


def check_mesh(path):
    with h5py.File(path) as file:
        run = file["m"]
        require(np.array_equal(run["snapshot_time"][:], [0, 1.5, 3]), f"{run['snapshot_time'][:]}")
        cells = np.arange(24.0)
        check_on(run, "load", "snapshot_time", [cells + 1000 * (step + 1) for step in (0, 3, 6)])
        first = run["place"][0]
        check_on(run, "place", "snapshot_time", [first + step for step in (0, 3, 6)])
        require(len(run["time"]) == len(run["energy"]) == 7, "other steps")


def check_xarray(path):
    try:
        import xarray
    except ImportError:
        return "no xarray"
    for engine in "netcdf4", "h5netcdf":
        try:
            data = xarray.open_dataset(path, group="a", engine=engine)
        except ValueError:
            continue  # it is not there
        with data:
            require(data.snapshot.dims == ("snapshot_time", "y", "x"), f"{data.snapshot.dims}")
            require(dict(data.sizes)["time"] == STEPS and data.sizes["snapshot_time"] == 4, f"{data.sizes}")
            for axis in data.time, data.snapshot_time:
                require(axis.dtype.kind == "M", f"{axis.name} has no dates")
            one = data.snapshot.sel(snapshot_time="2026-01-01T06:00:00.1", method="nearest")
            require(np.array_equal(one, 600 + NUMBERS), "sel finds another snapshot")
            beside = data.every.sel(time=data.snapshot_time)
            require(beside.shape == (4, *SHAPE) and float(beside[3, 0, 0]) == 9, "steps of snapshots are not found")
    return "xarray"


def check_ncdump(path):
    if shutil.which("ncdump") is None:
        return "no ncdump"
    shown = subprocess.run(["ncdump", "-h", path], check=True, capture_output=True, text=True).stdout
    for line in ("snapshot_time = UNLIMITED ; // (4 currently)", "never_time = UNLIMITED ; // (0 currently)",
                 "double snapshot(snapshot_time, y, x)", "double norm(snapshot_time)"):
        require(line in shown, f"ncdump does not show {line}")
    return "ncdump"


def check_side_files(directory):
    """ParaView's files show the snapshots, and the scalars at these."""
    with h5py.File(directory / "waits.a.vtkhdf") as side:
        steps = side["VTKHDF/Steps"]
        require(steps.attrs["NSteps"] == 4 and np.array_equal(steps["Values"][:], times([0, 3, 6, 9])), "other steps")
        require(sorted(side["VTKHDF/PointData"]) == ["gaps", "snapshot", "vector"], f"{list(side['VTKHDF/PointData'])}")
        require(sorted(side["VTKHDF/FieldData"]) == ["energy", "norm"], f"{list(side['VTKHDF/FieldData'])}")
        offsets = {name: list(steps["FieldDataOffsets"][name][:]) for name in ("energy", "norm")}
        require(offsets == {"energy": [0, 3, 6, 9], "norm": [0, 1, 2, 3]}, f"{offsets}")
        require(np.array_equal(side["VTKHDF/FieldData/energy"][offsets["energy"]], [0, 6, 12, 18]), "other energies")
    shown = (directory / "waits.a.xmf").read_text()
    require(shown.count("<Time ") == 4 and 'Value="10800.1"' in shown and "3600.1" not in shown, "other times")
    require('"3 1" Format="XML">9 1 1</DataItem><DataItem Dimensions="11"' in shown, "the energy of the last snapshot")
    with h5py.File(directory / "versions.m.vtkhdf") as side:
        steps = side["VTKHDF/Steps"]
        require(list(steps["Values"][:]) == [0, 20, 40], f"{steps['Values'][:]}")
        require(sorted(side["VTKHDF/CellData"]) == ["a", "b", "c"], f"{list(side['VTKHDF/CellData'])}")
        for step, count in (0, 2), (2, 2), (4, 3):
            for name in "abc":
                begin = steps[f"CellDataOffsets/{name}"][step // 2]
                values = side[f"VTKHDF/CellData/{name}"][begin:begin + count]
                require(list(values) == count * [step], f"{name} of step {step} is {values}")
    for name, its, count in ("dropped", ["every"], 2), ("grown", ["every"], 7), ("come", ["u", "v"], 2):
        if not (directory / f"{name}.h5").exists():
            continue
        with h5py.File(directory / f"{name}.a.vtkhdf") as side:
            require(sorted(side["VTKHDF/PointData"]) == its, f"{name} shows {list(side['VTKHDF/PointData'])}")
            require(side["VTKHDF/Steps"].attrs["NSteps"] == count, f"{name}: other steps")
        require((directory / f"{name}.a.xmf").read_text().count("<Time ") == count, f"{name}: other steps")
    with h5py.File(directory / "mesh.m.vtkhdf") as side:
        require(side["VTKHDF/Steps"].attrs["NSteps"] == 3, "other steps of the mesh")
        require(list(side["VTKHDF/Steps/PointOffsets"][:]) == [0, 60, 120], "nodes do not move")
        require(np.array_equal(side["VTKHDF/Points"][60:120], side["VTKHDF/Points"][:60] + 3), "nodes are elsewhere")


def check_program(program, directory):
    path = directory / "waits.h5"

    def call(*arguments, codes=(0,)):
        done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, timeout=60)
        require(done.returncode in codes, f"tessera {arguments}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    for name in "waits.h5", "in_flight.h5", "appended.h5", "failed.h5", "mesh.h5":
        if (directory / name).exists():
            call("verify", directory / name)
    listed = json.loads(call("ls", path, "--json"))
    run = next(one for one in listed["runs"] if one["name"] == "a")
    fields = {field["name"]: field for field in run["fields"]}
    require(fields["snapshot"]["axes"] == ["snapshot_time", "y", "x"], "ls")
    require(fields["snapshot"]["shape"] == [4, 7, 9], "ls")
    require(fields["snapshot"]["maximum"] == 962 and fields["every"]["axes"][0] == "time", "ls")
    axes = {axis["name"]: axis["values"] for axis in run["time_axes"]}
    require(axes["snapshot_time"] == list(times([0, 3, 6, 9])) and axes["never_time"] == [], f"{axes}")
    require("snapshot_time" in call("ls", path), "ls does not show the axis")
    shown = call("show", path, "a/snapshot", "--at", "x=0,y=0", "--csv").splitlines()
    require([line.split(",")[0] for line in shown[1:]] == ["0", "3", "6", "9"], f"{shown}")
    require([float(line.split(",")[-1]) for line in shown[1:]] == [0, 300, 600, 900], f"{shown}")
    one = call("show", path, "a/snapshot", "--step", "6", "--box", "y=6,x=8", "--csv").splitlines()
    require(len(one) == 2 and float(one[1].split(",")[-1]) == 662, f"{one}")
    told = call("show", path, "a/snapshot", "--step", "4", codes=range(1, 100))
    require("from 0 to 9" in told, f"{told}")
    series = json.loads(call("show", path, "a", "--json"))["series"]
    require(series["norm"][:4] == [0, None, None, 9] and len(series["rare"]) == STEPS, f"{series['norm']}")
    require("10800.1" in call("show", path, "a/snapshot_time"), "the axis is not shown")
    rows = call("show", path, "a/snapshot_time", "--csv").splitlines()[1:]
    require([row.split(",")[0] for row in rows] == ["0", "3", "6", "9"], f"{rows}")
    require(json.loads(call("show", path, "a/snapshot_time", "--json"))["steps"] == [0, 3, 6, 9], "other steps")
    told = call("show", path, "a/never", codes=range(1, 100))
    require("the time axis 'never_time' of run 'a' has no step yet" in told, f"{told}")
    call("plot", path, "a/snapshot", "--step", "3")
    call("diff", path, directory / "in_flight.h5")
    with tempfile.TemporaryDirectory() as temporary:
        part = pathlib.Path(temporary) / "part.h5"
        call("extract", path, "a", "-o", part, "--steps", "2:8")
        check(part, range(2, 8), "/")
        call("verify", part)
        call("repack", path, part, "--overwrite", "--steps", "4:6")
        check(part, range(4, 6))
        told = call("diff", path, part, codes=(1,))
        require("/a/snapshot_time" in told, f"{told}")
        call("repack", path, part, "--overwrite", "--steps", "2:9")
        check(part, range(2, 9))
        call("extract", path, "a", "-o", part, "--overwrite", "--fields", "snapshot")
        with h5py.File(part) as file:
            check_on(file, "snapshot", "snapshot_time", [100 * step + NUMBERS for step in snapshots(range(STEPS))])
        joined = pathlib.Path(temporary) / "joined.h5"
        call("join", joined, path, directory / "in_flight.h5")  # which repeats all steps
        check(joined)
        refs = pathlib.Path(temporary) / "refs.json"
        call("refs", path, "-o", refs)
        attributes = json.loads(json.loads(refs.read_text())["refs"]["a/snapshot/.zattrs"])
        require(attributes["_ARRAY_DIMENSIONS"] == ["snapshot_time", "y", "x"], f"{attributes}")
        shutil.copy(path, temporary)
        told = call("paraview", pathlib.Path(temporary) / "waits.h5", codes=(1,))
        require("4 steps" in told and "'every'" in told and "'rare'" in told, f"{told}")
        shutil.copy(directory / "dropped.h5", temporary)
        call("paraview", pathlib.Path(temporary) / "dropped.h5")
        with h5py.File(part, "r+") as file:
            file["x"].attrs["steps_among"] = "time"
        run = json.loads(call("ls", part, "--json"))["runs"][0]
        require("x" not in [axis["name"] for axis in run["time_axes"]], f"{run}")
        with h5py.File(part, "r+") as file:
            del file["x"].attrs["steps_among"]
            file["snapshot_time"][1] += 1
        require("not that of a step" in call("verify", part, codes=(1,)), "times of no step are not noticed")
    print("the verbs know the axes")


def main(directory):
    done = []
    for name in "waits.h5", "in_flight.h5", "read.h5", "appended.h5", "failed.h5", "less.h5", "lacks.h5":
        if (directory / name).exists():
            check(directory / name)
            done.append(name)
    if (directory / "behind.h5").exists():
        check_behind(directory / "behind.h5")
        done.append("behind.h5")
    if (directory / "nothing.h5").exists():
        with h5py.File(directory / "nothing.h5") as file:
            require(list(file["a/p"][:, 0]) == [-1, 1, -1, 3], f"rows that were dropped are there: {file['a/p'][:]}")
            done.append("nothing.h5")
    check_mesh(directory / "mesh.h5")
    check_side_files(directory)
    witnesses = check_xarray(directory / "waits.h5"), check_ncdump(directory / "waits.h5")
    print(", ".join(done), "are as written;", *witnesses)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        check_program(sys.argv[1], pathlib.Path(sys.argv[2]))
    else:
        main(pathlib.Path(sys.argv[1]))
