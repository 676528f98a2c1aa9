#!/usr/bin/env python3
"""Compares every row of the tables that tests/mpi/table.cpp wrote with what h5py reads.

    check_table.py DIRECTORY...
"""
import pathlib
import sys

import h5py
import numpy as np

STEPS = 7


def rows_of(kind, rank, step):
    if kind == 1:
        return 40 + 5 * rank
    if step == 4 or (rank + step) % 3 == 2:
        return 0
    return (37 * rank + 101 * step) % 97 * {2: 100, 3: 2000}.get(kind, 1)


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def check_series(run):
    begin, count = run["particles_begin"], run["particles_count"]
    assert begin.dtype == count.dtype == np.int64 and len(begin) == len(count) == STEPS
    assert text(count.attrs["row_dimension"]) == text(begin.attrs["row_dimension"]) == "particles_row"
    assert text(count.attrs["row_position"]) == "position"
    assert begin.dims[0][0].name == run.name + "/time"
    return begin[:], count[:]


def check_run(run):
    kind, ranks = int(run.attrs["kind"]), int(run.attrs["ranks"])
    first, first_of_age = int(run.attrs.get("first", 0)), int(run.attrs.get("first_of_age", STEPS))
    begin, count = check_series(run)
    chunk = run["id"].chunks[0]
    names = ["id", "position", "mass"] + (["age"] if "age" in run else [])
    end = 0
    for step in range(STEPS):
        expected = sum(rows_of(kind, rank, step) for rank in range(ranks)) if step >= first else 0
        assert count[step] == expected, (run.file.filename, step, count[step], expected)
        if expected == 0:
            continue
        assert begin[step] % chunk == 0 and end <= begin[step] < end + chunk
        end = begin[step] + count[step]
        rows = slice(begin[step], end)
        number = np.arange(expected)
        assert np.array_equal(run["id"][rows], step * 1000003 + number)
        place = 1e6 * step + 10.0 * number[:, None] + np.arange(3)
        assert np.array_equal(run["position"][rows], place)
        assert np.array_equal(run["mass"][rows], (0.5 * (number % 1000) + step).astype(np.float32))
        if "age" in run:
            age = step * 1000003.0 + number if step >= first_of_age else np.full(expected, -7.0)
            assert np.array_equal(run["age"][rows], age)
    for name in names if end > 0 else []:
        column = run[name]
        assert len(column) == end == len(run["particles_row"]) and column.maxshape[0] is None
        assert column.chunks[0] == chunk and text(column.attrs["rows_of"]) == "particles"
        assert column.dims[0][0].name == run.name + "/particles_row"
    if "beside" in run:
        assert np.array_equal(run["beside"][:], np.arange(STEPS)[:, None] + np.zeros((1, 8)))


def main():
    files = [path for directory in sys.argv[1:] for path in sorted(pathlib.Path(directory).glob("*.h5"))
             if path.name not in ("bad_table.h5", "by_number.h5", "half.h5")]
    if not files:
        sys.exit("no files")
    for path in files:
        with h5py.File(path) as file:
            check_run(file["r"])
    print(f"{len(files)} files, every row as it should be")


if __name__ == "__main__":
    main()
