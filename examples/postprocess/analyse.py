#!/usr/bin/env python3
"""Opens one run with xarray, prints its range step by step, and the profile along z at a chosen time."""

import argparse

import numpy as np
import xarray


def print_range(field):
    """One step at a time: the file may be larger than the memory. With dask, open_dataset(chunks={"time": 1}) does the
    same; chunks={} makes one piece of the whole field in older versions (2023.01)."""
    print(f"\n{'time':>12} {'min':>12} {'mean':>12} {'max':>12}   {field.name} [{field.attrs.get('units', '')}]")
    for step in range(field.sizes["time"]):
        now = field.isel(time=step).load()
        print(f"{now.time.item():12.6g} {now.min().item():12.6g} {now.mean().item():12.6g} {now.max().item():12.6g}")


def print_profile(field, time):
    """Mean over y and x at the step nearest to that time."""
    profile = field.sel(time=time, method="nearest").mean(dim=("y", "x"))
    print(f"\n{'z':>12} {'mean':>12}   at time {profile.time.item():.6g}")
    for point in profile[:: max(1, profile.sizes["z"] // 10)]:
        print(f"{point.z.item():12.6g} {point.item():12.6g}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--run", default="simulation_1", help="name of the run (%(default)s)")
    parser.add_argument("--field", default="temperature", help="name of the field (%(default)s)")
    parser.add_argument("--time", type=float, default=np.inf, help="time of the profile (the last)")
    parser.add_argument("--engine", choices=("netcdf4", "h5netcdf"), default="netcdf4",
                        help="library that xarray reads with (%(default)s)")
    arguments = parser.parse_args()
    # decode_times=False: times as plain numbers. With a unit like "seconds since 2026-01-01", leave it out: dates.
    with xarray.open_dataset(arguments.file, group=arguments.run, engine=arguments.engine, decode_times=False) as run:
        print(run)
        field = run[arguments.field]
        print_range(field)
        print_profile(field, min(arguments.time, run.time.values[-1]))


if __name__ == "__main__":
    main()
