#!/usr/bin/env python3
"""Opens every file that fuzz wrote with stock h5py: exactly the committed steps, with the right values.

    check_fuzz.py DIRECTORY
"""

import json
import os
import sys

import h5py
import numpy as np

TYPES = [np.float64, np.float32, np.int32]
FILL = -7


def expected_row(field, row):
    shape = field["shape"] + ([field["components"]] if field["components"] > 1 else [])
    values = np.arange(np.prod(shape, dtype=int)).reshape(shape) + 1000 * row + 7 * field["number"]
    return values.astype(TYPES[field["type"]])


def column_problems(group, field, steps):
    begins, counts = group["drops_begin"][:], group["drops_count"][:]
    if not np.array_equal(counts, 3 * np.arange(steps) % 7):
        yield f"{field['name']} has {list(counts)} rows in the steps"
    for row, (begin, count) in enumerate(zip(begins, counts)):
        if count and not np.array_equal(group[field["name"]][begin:begin + count],
                                        np.arange(count) + 1000 * row + 7 * field["number"]):
            yield f"{field['name']}, step {row}: other values"


def versioned_problems(group, field, steps):
    """Of a field on a version of a mesh: steps of other versions have no values of it."""
    name = f"{field['name']}_{field['version']}"
    of_step = group["net_version"][:] if "net_version" in group else np.zeros(steps)
    own = of_step == field["version"]
    if len(of_step) != steps:
        yield f"net_version has {len(of_step)} steps, {steps} were committed"
        return
    if name not in group:
        if own.any():
            yield f"{name} is missing"
        return
    for row, values in enumerate(group[name][:]):
        none = np.isnan(values) | (values == FILL)
        right = none if not own[row] else (values == expected_row(field, row)) | (field["fill"] & (values == FILL))
        if not right.all():
            yield f"{name}, step {row}: {np.count_nonzero(~right)} other values"


def field_problems(group, field, steps):
    if field["is_column"]:
        yield from column_problems(group, field, steps) if steps else ()
        return
    if field["version"] > 0:
        yield from versioned_problems(group, field, steps)
        return
    if field["name"] not in group:
        if field["time_dependent"] and not field["fill"] and steps:
            yield f"{field['name']} is missing"
        return
    dataset = group[field["name"]]
    if dataset.dtype != TYPES[field["type"]]:
        yield f"{field['name']} has the type {dataset.dtype}"
    rows = dataset[:] if field["time_dependent"] else dataset[:][None]
    if field["time_dependent"] and len(rows) != steps:
        yield f"{field['name']} has {len(rows)} steps, {steps} were committed"
    for row, values in enumerate(rows):
        right = values == expected_row(field, row)
        if field["fill"]:
            right |= values == FILL
        if not right.all():
            yield f"{field['name']}, step {row}: {np.count_nonzero(~right)} other values"


def file_problems(path, program):
    with h5py.File(path, "r") as file:
        for run, times in program["runs"].items():
            if run not in file:
                if times:
                    yield f"{run} is missing"
                continue
            found = list(file[run]["time"][:]) if "time" in file[run] else []
            if found != times:
                yield f"{run} has the times {found}, {times} were committed"
        for field in program["fields"]:
            if field["run"] in file:
                yield from field_problems(file[field["run"]], field, len(program["runs"].get(field["run"], [])))


def main():
    directory = sys.argv[1]
    with open(os.path.join(directory, "manifest.json")) as file:
        programs = json.load(file)
    failures = steps = 0
    for program in programs:
        steps += sum(map(len, program["runs"].values()))
        try:
            problems = list(file_problems(os.path.join(directory, program["file"]), program))
        except Exception as error:  # a file that does not open is what this looks for
            problems = [f"{type(error).__name__}: {error}"]
        for problem in problems:
            print(f"{program['file']}: {problem}")
        failures += bool(problems)
    print(f"{len(programs)} files with {steps} committed steps, {failures} files with problems")
    return 1 if failures or not programs else 0


if __name__ == "__main__":
    sys.exit(main())
