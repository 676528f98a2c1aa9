#!/usr/bin/env python3
"""Compares every box and every value of the refinements that tests/mpi/refinement.cpp wrote with what h5py reads.

    check_refinement.py DIRECTORY...
"""

import pathlib
import sys

import h5py
import levels
import numpy as np

STEPS = 6
WITHOUT = 4  # the step in which nobody puts any


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def check_level(run, level):
    attributes = run[f"amr_level{level}_box"].attrs
    cells = np.array(levels.CELLS[::-1]) * np.prod(levels.RATIO[:level + 1])
    size = np.array(levels.SPACING[::-1]) / np.prod(levels.RATIO[:level + 1])
    assert text(attributes["refinement"]) == "amr" and attributes["level"] == level
    assert attributes["ratio"] == levels.RATIO[level] and text(attributes["length_unit"]) == "m"
    assert np.array_equal(attributes["domain_cells"], cells), attributes["domain_cells"]
    assert np.array_equal(attributes["domain_origin"], levels.ORIGIN[::-1])
    assert np.allclose(attributes["cell_size"], size, rtol=1e-15)


def rows_of(run, table, step):
    begin, count = run[f"{table}_begin"][step], run[f"{table}_count"][step]
    return slice(begin, begin + count)


def check_step(run, level, step, expected):
    where = run.file.filename, level, step
    stored = run[f"amr_level{level}_box"][rows_of(run, f"amr_level{level}_boxes", step)]
    wanted = [[number for axis in (2, 1, 0) for number in (first[axis], end[axis] - 1)] for first, end in expected]
    assert np.array_equal(stored, np.array(wanted, dtype=np.int64).reshape(-1, 6)), (*where, stored, wanted)
    cells = rows_of(run, f"amr_level{level}_cells", step)
    all_arrays = [levels.arrays(level, step, box) for box in expected]
    assert cells.stop - cells.start == sum(one["density"].size for one in all_arrays), where
    for name in levels.arrays(0, 0, ((0, 0, 0), (1, 1, 1))):
        column = run[f"{name}_level{level}"]
        assert text(column.attrs["rows_of"]) == f"amr_level{level}_cells"
        if not expected:
            continue
        flat = np.concatenate([one[name].reshape(-1, *one[name].shape[3:]) for one in all_arrays])
        found = column[cells]
        assert found.dtype == flat.dtype and np.array_equal(found, flat), (*where, name)


def given(kind, level, step, ranks):
    """Which rank has given which box."""
    return [(levels.owner(kind, level, number, step, ranks), box)
            for number, box in enumerate(levels.boxes(kind, level, step))]


def check_written_once(run, level, kind, ranks):
    """Boxes that stay, each on its rank, are written once in a job."""
    begins, jobs = run[f"amr_level{level}_boxes_begin"], {"appended.h5": (1, 2)}
    end, there = 0, False  # whether the boxes of this step are in the file
    for step in range(STEPS):
        there &= step not in jobs.get(pathlib.Path(run.file.filename).name, ())
        there &= given(kind, level, step, ranks) == given(kind, level, step - 1, ranks)
        rows = rows_of(run, f"amr_level{level}_boxes", step)
        if step == WITHOUT or rows.start == rows.stop:
            continue
        where = run.file.filename, level, step, rows
        assert (rows.start == begin and rows.stop == end) if there else rows.start >= end, where
        begin, end, there = rows.start, rows.stop, True
    assert len(run[f"amr_level{level}_box"]) == end, (run.file.filename, level, end)


def check_run(run):
    kind, ranks = int(run.attrs["kind"]), int(run.attrs["ranks"])
    assert np.array_equal(run["number"], np.arange(STEPS))
    for level in range(levels.LEVELS):
        check_level(run, level)
        for step in range(STEPS):
            check_step(run, level, step, levels.in_file_order(kind, level, step, ranks) if step != WITHOUT else [])
        check_written_once(run, level, kind, ranks)


def check_plane(run):
    for step in range(2):
        assert np.array_equal(run["amr_level0_box"][rows_of(run, "amr_level0_boxes", step)], [[0, 5, 0, 3]])
        assert np.array_equal(run["u_level0"][rows_of(run, "amr_level0_cells", step)], np.full(24, 5 + step))
    assert run["other_level1_boxes_count"][0] == 0 and run["other_level0_boxes_count"][1] == 1
    assert np.array_equal(run["other_level1_box"][rows_of(run, "other_level1_boxes", 1)], [[0, 3, 0, 1]])
    assert np.array_equal(run["v_level1"][rows_of(run, "other_level1_cells", 1)], np.arange(1, 9))


def check_made(run):
    """Each box has the value that its first cell along x gives."""
    for step in range(len(run["time"])):
        for level in range(2):
            if f"amr_level{level}_box" not in run or run[f"amr_level{level}_boxes_count"][step] == 0:
                continue
            boxes = run[f"amr_level{level}_box"][rows_of(run, f"amr_level{level}_boxes", step)]
            cells = [(box[1] - box[0] + 1) * (box[3] - box[2] + 1) for box in boxes]
            values = run[f"u_level{level}"][rows_of(run, f"amr_level{level}_cells", step)]
            assert np.array_equal(values, np.repeat(100 * level + boxes[:, 0], cells))


def check_axes(run):
    """A ratio for each axis."""
    for level, (ratio, cells, size) in enumerate(((1, [6, 4, 3], [1, 1, 1]), ([2, 2, 1], [12, 8, 3], [0.5, 0.5, 1]),
                                                  ([3, 1, 1], [36, 8, 3], [0.5 / 3, 0.5, 1]))):
        attributes = run[f"amr_level{level}_box"].attrs
        assert np.array_equal(attributes["ratio"], ratio) and np.array_equal(attributes["domain_cells"], cells)
        assert np.allclose(attributes["cell_size"], size, rtol=1e-15)
        values = run[f"u_level{level}"][rows_of(run, f"amr_level{level}_cells", 0)]
        assert np.array_equal(values, np.full((72, 36, 18)[level], level + 0.5))
    assert np.array_equal(run["amr_level2_box"][:], [[12, 17, 3, 5, 1, 1]])


def main():
    files = [path for directory in sys.argv[1:] for path in sorted(pathlib.Path(directory).glob("*.h5"))
             if path.name not in ("bad_refinement.h5", "damaged.h5")]
    if not files:
        sys.exit("no files")
    for path in files:
        with h5py.File(path) as file:
            if "plane" in file:
                check_plane(file["plane"])
            elif path.name == "axes.h5":
                check_axes(file["r"])
            elif path.name in ("made.h5", "followed.h5"):
                check_made(file["r"])
            else:
                check_run(file["r"])
    print(f"{len(files)} files, every box and value as it should be")


if __name__ == "__main__":
    main()
