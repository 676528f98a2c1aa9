#!/usr/bin/env python3
"""Opens the runs of files with xarray: labelled axes, coordinates, times as dates, values, missing ones as NaN.

    check_xarray.py ENGINE DIRECTORY...

ENGINE is netcdf4 or h5netcdf.
"""

import importlib
import sys
import warnings

import numpy as np
import xarray

import manifest as manifests

MODULES = {"netcdf4": "netCDF4", "h5netcdf": "h5netcdf"}
MONTHS = {"360_day": [30] * 12, "noleap": [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]}
UNITS_OF_NUMPY = {"seconds": "s", "hours": "h", "days": "D"}


def dimensions_of(field):
    names = ["time"] * field["time_dependent"] + [axis.name for axis in manifests.axes_of(field)]
    return tuple(names + [f"component_{field['components']}"] * (field["components"] > 1))


def as_read(field, steps):
    """Fill values of floating-point fields become NaN; those of integers make the whole field floating-point."""
    values, known = manifests.values_of(field, steps)
    fill = manifests.fill_of(field)
    if fill is not None:
        values = np.where(values == fill, np.nan, values.astype(np.result_type(values.dtype, np.float32)))
    return values, known


def model_dates(days, year, month_lengths):
    """(year, month, day, hour) of days since the first of a year, in a calendar whose years are all alike."""
    for time in days:
        years, rest = divmod(int(np.floor(time)), sum(month_lengths))
        month = 0
        while rest >= month_lengths[month]:
            rest -= month_lengths[month]
            month += 1
        yield year + years, month + 1, rest + 1, round(24 * (time % 1))


def expected_times(run):
    """Dates where the unit names one: "hours since 2026-01-01"; tuples where the calendar is none of NumPy's."""
    times = np.array([float(time) for time in run["times"]])
    unit, _, date = run["time_unit"].partition(" since ")
    if not date:
        return times
    calendar = {name: value for name, _, value in run["time_attributes"]}.get("calendar", "standard")
    if calendar in MONTHS:
        return np.array(list(model_dates(times, int(date[:4]), MONTHS[calendar])))
    nanoseconds = np.timedelta64(1, UNITS_OF_NUMPY[unit]).astype("timedelta64[ns]").astype(np.int64)
    return np.datetime64(date, "ns") + np.round(times * nanoseconds).astype("timedelta64[ns]")


def run_problems(data, run, manifest):
    steps = len(run["times"])
    fields = manifests.fields_in_file(run, manifest)
    if any(str(name).startswith("phony") for name in data.sizes):
        yield f"phony dimensions: {list(data.sizes)}"
    for field in fields:
        variable = data[field["name"]]
        if variable.dims != dimensions_of(field):
            yield f"{field['name']}: dimensions {variable.dims}, expected {dimensions_of(field)}"
            continue
        expected, known = as_read(field, steps)
        if not np.array_equal(variable.values[known], expected[known], equal_nan=expected.dtype.kind == "f"):
            yield f"{field['name']}: other values"
        for axis in manifests.axes_of(field):
            if not axis.has_coordinates:
                if axis.name in data.coords or data.sizes[axis.name] != axis.length:
                    yield f"dimension {axis.name}"
                continue
            if not np.array_equal(data.coords[axis.name].values, axis.coordinates):
                yield f"coordinates {axis.name}"
            if axis.edges is not None and not np.array_equal(data[data[axis.name].bounds].values, axis.bounds):
                yield f"bounds of {axis.name}"
            if data[axis.name].attrs.get("units", "") != axis.unit:
                yield f"units of {axis.name}: {data[axis.name].attrs.get('units')!r}"
        if variable.attrs.get("long_name", "") != field["long_name"]:
            yield f"{field['name']}: long_name {variable.attrs.get('long_name')!r}"
    if steps:
        times, expected = data["time"].values, expected_times(run)
        if times.dtype == object:
            times = np.array([(date.year, date.month, date.day, date.hour) for date in times])
        if times.dtype != expected.dtype or not np.array_equal(times, expected):
            yield f"times {times[:3]}, expected {expected[:3]}"
    missing = [name for name, _, _ in run["attributes"] if name not in data.attrs]
    if missing:
        yield f"attributes {missing} are missing"


def main():
    engine, directories = sys.argv[1], sys.argv[2:]
    runs = 0
    failed = False
    importlib.import_module(MODULES[engine])
    warnings.simplefilter("error")  # a warning of xarray's is about our file
    for path, manifest in manifests.read_all(directories):
        for run in manifest["runs"]:
            group = manifests.group_path(run)
            with xarray.open_dataset(path, group=group, engine=engine, decode_timedelta=False) as data:
                problems = list(run_problems(data, run, manifest))
            runs += 1
            for problem in problems:
                failed = True
                print(f"{path.name} {run['name']}: {problem}")
    print(f"{runs} runs")
    sys.exit(1 if failed or runs == 0 else 0)


if __name__ == "__main__":
    main()
