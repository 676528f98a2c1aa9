#!/usr/bin/env python3
"""Text attributes as the programs read them that are on this machine: h5py, netCDF, xarray, VTK, NCO, CDO, h5copy.

    check_text.py DIRECTORY...

Each directory has the root.nc and runs.nc that tests/mpi/text.cpp wrote. FORMAT.md says which form each program needs.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

import h5py

PARAMETERS = {"solver": "cg", "empty": ""} | {f"parameter_{i}": f"value {i}" for i in range(20)}
LONG_NAME = "Température"
TIME_UNIT = "seconds since 2026-01-01 00:00:00"


def equal(what, actual, expected):
    assert actual == expected, f"{what}: {actual!r}, {expected!r} expected"


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"{command}: exit code {done.returncode}: {done.stderr}"
    return done.stdout


def check_parameters(what, attributes):
    for name, value in PARAMETERS.items():
        equal(f"{what} {name}", attributes[name], value)
    equal(f"{what} names", list(attributes["names"]), ["a", "bcd", "é"])


def with_h5py(root, runs, _):
    with h5py.File(root) as file:
        equal("h5py title", file.attrs["title"], "a study")
        equal("h5py creator", file.attrs["creator"][:7], "Tessera")
        equal("h5py Conventions", file.attrs["Conventions"], b"CF-1.10")
    with h5py.File(runs) as file:
        check_parameters("h5py", file["simulation_1"].attrs)
        field = file["simulation_1/temperature"].attrs
        equal("h5py scheme", field["scheme"], "weno")
        equal("h5py units", field["units"], b"K")
        equal("h5py long_name", field["long_name"].decode(), LONG_NAME)


def with_netcdf(root, runs, _):
    import netCDF4

    with netCDF4.Dataset(root) as file:
        equal("netCDF4 time", file["time"].units, TIME_UNIT)
        equal("netCDF4 title", file.title, "a study")
    with netCDF4.Dataset(runs) as file:
        equal("netCDF4 solver", file["simulation_1"].solver, "cg")
        equal("netCDF4 names", file["simulation_1"].names, ["a", "bcd", "é"])
        field = file["simulation_1/temperature"]
        equal("netCDF4 field", [field.units, field.long_name, field.scheme], ["K", LONG_NAME, "weno"])


def with_xarray(root, runs, _):
    import xarray

    for engine in ("netcdf4", "h5netcdf"):
        with xarray.open_dataset(runs, engine=engine, group="simulation_1") as data:
            equal(f"xarray {engine} solver", data.attrs["solver"], "cg")
            equal(f"xarray {engine} units", data.temperature.attrs["units"], "K")
            equal(f"xarray {engine} scheme", data.temperature.attrs["scheme"], "weno")
        with xarray.open_dataset(root, engine=engine) as data:
            equal(f"xarray {engine} time", str(data.time.values[1])[:19], "2026-01-01T00:00:01")


def with_vtk(root, _, __):
    from vtkmodules.vtkIONetCDF import vtkNetCDFCFReader

    reader = vtkNetCDFCFReader()
    reader.SetFileName(root)
    reader.SphericalCoordinatesOff()
    reader.Update()
    equal("VTK units", reader.QueryArrayUnits("temperature"), "K")
    equal("VTK time", reader.GetTimeUnits(), TIME_UNIT)  # without, the first axis is no time to it
    equal("VTK points", reader.GetOutputDataObject(0).GetNumberOfPoints(), 6 * 5 * 4)


def with_ncdump(root, runs, _):
    header = run("ncdump", "-h", root) + run("ncdump", "-h", runs)
    for line in (f'time:units = "{TIME_UNIT}"', f'temperature:long_name = "{LONG_NAME}"', 'string :solver = "cg"',
                 'string temperature:scheme = "weno"', 'string :names = "a", "bcd", "é"',
                 ':history = "2026-01-01: made"'):
        assert line in header, f"ncdump: no {line}"


def with_nccopy(_, runs, directory):
    run("nccopy", runs, f"{directory}/copy.nc")
    equal("nccopy", run("ncdump", "-h", f"{directory}/copy.nc").split("\n")[1:],
          run("ncdump", "-h", runs).split("\n")[1:])


def with_ncks(root, _, directory):
    run("ncks", "-O", "-d", "time,0", root, f"{directory}/nco.nc")
    header = run("ncdump", "-h", f"{directory}/nco.nc")
    assert "2026-01-01: made" in header and header.count("ncks -O") == 1, "NCO adds to characters only"
    assert 'temperature:units = "K"' in header and 'string :title = "a study"' in header


def with_cdo(root, _, __):
    equal("cdo units", run("cdo", "-s", "showunit", root).strip(), "K")
    equal("cdo times", run("cdo", "-s", "showtimestamp", root).split(), ["2026-01-01T00:00:00", "2026-01-01T00:00:01"])


def with_h5copy(_, runs, directory):
    run("h5copy", "-i", runs, "-o", f"{directory}/copy.h5", "-s", "simulation_1", "-d", "copied")
    with h5py.File(f"{directory}/copy.h5") as file:
        check_parameters("h5copy", file["copied"].attrs)


def is_there(name):
    """Whether what `with_<name>` calls is on this machine."""
    if name in ("ncdump", "nccopy", "ncks", "cdo", "h5copy"):
        return shutil.which(name) is not None
    modules = {"netcdf": ["netCDF4"], "xarray": ["xarray", "netCDF4", "h5netcdf"], "vtk": ["vtkmodules.vtkIONetCDF"]}
    try:
        for module in modules.get(name, []):
            __import__(module)
    except ImportError:
        return False
    return True


def main():
    checks = {name[5:]: function for name, function in globals().items() if name.startswith("with_")}
    there = [name for name in checks if is_there(name)]
    for directory in sys.argv[1:]:
        root, runs = (str(pathlib.Path(directory) / name) for name in ("root.nc", "runs.nc"))
        with tempfile.TemporaryDirectory() as scratch:
            for name in there:
                checks[name](root, runs, scratch)
        missing = ", ".join(set(checks) - set(there)) or "none"
        print(f"{directory}: text as expected in {', '.join(there)}; not here: {missing}")


if __name__ == "__main__":
    main()
