#!/usr/bin/env python3
"""Opens a file with h5py, reads the last time of a run, closes it, and begins again, until it is ended."""

import sys

import h5py

while True:
    try:
        with h5py.File(sys.argv[1], "r") as file:
            time = file["simulation_1/time"]
            if len(time) > 0:
                time[-1]
    except (OSError, KeyError):  # the file is not there yet, or the run is not
        pass
