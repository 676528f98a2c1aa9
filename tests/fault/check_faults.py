"""What fault_driver leaves, checked with stock h5py."""

import os
import sys

import h5py
import numpy as np

SHAPE = (8, 5, 4)
GLOBAL = np.arange(np.prod(SHAPE), dtype=np.float64).reshape(SHAPE)
ALL_STEPS = 3
NO_WRITER = -1
STEPS_BEFORE = 2  # of the file that is continued


class Wrong(Exception):
    """A file is not what was committed."""


def expect(condition, what):
    if not condition:
        raise Wrong(what)


def check_static(run, steps):
    if steps > 0:
        expect(np.array_equal(run["m"][:], (GLOBAL * 3).astype(np.int32)), "the static field")
    else:
        expect("m" not in run, "a static field that no commit wrote")


def check_late_field(run, steps):
    """`b` has values in the last step and its fill value before; it may be missing as long as nothing was put."""
    if "b" not in run:
        expect(steps < ALL_STEPS, "the late field is missing")
        return
    expected = np.full((steps, *SHAPE), -1.0)
    if steps == ALL_STEPS:
        expected[-1] = 1000.25 * (steps - 1) + GLOBAL
    expect(np.array_equal(run["b"][:], expected), "the late field")


def check_kinds(run, steps):
    """Of kinds.hpp: a refinement, versions of a mesh, a table, a time axis of some steps."""
    sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "crash"))
    import check_run
    check_run.check_refinement(run, steps)
    expect(np.array_equal(run["net_version"][:], 1 + np.arange(steps)), "versions of the mesh")
    begins, counts = run["drops_begin"][:], run["drops_count"][:]
    expect(np.array_equal(counts, 5 * np.arange(steps) % 13), "rows of the table")
    for n in range(steps):
        node, cell = np.arange(2 * (6 + 2 * (n + 1)) + 2), np.arange(6 + 2 * (n + 1))
        expect(np.array_equal(run[f"at_{n + 1}"][n], np.stack([node // 2 + 0.25 * n, node % 2], 1)), f"at, step {n}")
        expect(np.array_equal(run[f"kind_{n + 1}"][n], 10 * n + cell), f"kind, step {n}")
        found = run["drop"][begins[n]:begins[n] + counts[n]] if counts[n] else []
        expect(np.array_equal(found, 1000 * n + np.arange(counts[n])), f"drop, step {n}")
    rare = np.arange(steps)[np.arange(steps) != 1]
    expect(np.array_equal(run["rare_time"][:], 0.25 * rare), "the other time axis")
    expect(np.array_equal(run["norm"][:], 0.5 * rare), "scalars on it")
    expect(np.array_equal(run["c"][:], [1000.25 * n + GLOBAL for n in rare]), "the field on it")


def steps_in(path, has_kinds=False):
    """Checks every value of the file; returns the number of steps."""
    with h5py.File(path, "r") as file:
        if "r" not in file:
            expect(len(file) == 0, "a file without the run is empty")
            return 0
        run = file["r"]
        expect(run.attrs["resolution"] == 8, "the parameter")
        steps = run["time"].shape[0] if "time" in run else 0
        if steps == 0:
            expect(all(run[name].shape[0] == 0 for name in ("a", "e") if name in run), "data without a step")
        else:
            expect(np.array_equal(run["time"][:], 0.25 * np.arange(steps)), "times")
            expect(np.array_equal(run["e"][:], 3.5 * np.arange(steps)), "scalars")
            expect(run["a"].shape == (steps, *SHAPE), "the field's shape")
            for n in range(steps):
                expect(np.array_equal(run["a"][n], 1000.25 * n + GLOBAL), f"values of step {n}")
            if has_kinds:
                check_kinds(run, steps)
        check_static(run, steps)
        check_late_field(run, steps)
        return steps


def check_other_run(path):
    """Of a file that is continued: a run that nobody asks for."""
    with h5py.File(path, "r") as file:
        other = file["other"]
        expect(list(other["time"][:]) == [7] and np.array_equal(other["a"][0], 1000.25 + GLOBAL), "the other run")


def check_unmade(path, record):
    """The constructor failed: what was there before is there still; a name that could not be made durable may stay."""
    if record["goes_on"]:
        with open(path, "rb") as file, open(os.path.join(os.path.dirname(path), "beginning.h5"), "rb") as beginning:
            expect(file.read() == beginning.read(), "the file to continue was changed")
        return
    if not os.path.exists(path):
        expect(not record["replaces"], "the file that was there is gone")
        return
    with open(path, "rb") as file:
        if file.read(8) == b"old":
            return
    late = record["fault"].startswith(("sync", "open", "any"))  # after the file had got its name
    expect(record["replaces"] and late, "a failed constructor left a file")
    expect(steps_in(path, record["has_kinds"]) == 0, "a failed constructor left a file with steps")


def check_state(path, steps, record):
    if steps == NO_WRITER:
        check_unmade(path, record)
        return
    found = steps_in(path, record["has_kinds"])
    if record["goes_on"]:
        check_other_run(path)
    allowed = (steps, steps + 1) if record["in_doubt"] else (steps,)
    expect(found in allowed, f"{found} steps instead of {steps}")


def check_record(record):
    """Everything that one run left; returns what is wrong."""
    unmade = record["policy"] == "close_under" and record["error"].startswith("Writer")
    faults = []
    for path, steps in record["snapshots"] + [[record["file"], NO_WRITER if unmade else record["steps"]]]:
        try:
            check_state(path, steps, record)
        except Exception as error:  # a file that does not open is a loss too
            faults.append(f"{os.path.basename(path)}: {type(error).__name__}: {error}")
    return faults
