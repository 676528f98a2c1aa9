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


def refined_problems(group, field, steps):
    """Boxes fill level 0 and lie in it on level 1; values are those of their places."""
    for row in steps:
        for level, shape in enumerate(((6, 8), (12, 16))):
            where = f"{field['name']}, step {row}, level {level}"
            begin, count = (group[f"amr_level{level}_boxes_{what}"][row] for what in ("begin", "count"))
            at, cells = (group[f"amr_level{level}_cells_{what}"][row] for what in ("begin", "count"))
            if not count:
                if level == 0 or cells:
                    yield f"{where}: no boxes"
                continue
            places = np.arange(np.prod(shape)).reshape(shape)
            found = []
            for first_x, last_x, first_y, last_y in group[f"amr_level{level}_box"][begin:begin + count]:
                found.append(places[first_y:last_y + 1, first_x:last_x + 1].ravel())
            found = np.concatenate(found)
            if len(found) != cells or len(np.unique(found)) != cells or (level == 0 and cells != 48):
                yield f"{where}: {cells} cells in other boxes"
                continue
            components = field["components"]
            expected = found[:, None] * components + np.arange(components) + 100 * level + 1000 * row
            values = group[f"{field['name']}_level{level}"][at:at + cells].reshape(cells, components)
            if not np.array_equal(values, (expected + 7 * field["number"]).astype(TYPES[field["type"]])):
                yield f"{where}: other values"


def rare_problems(group, field, times, required):
    """Of a field on the time axis of some steps: those in which something on it was put."""
    found = list(np.searchsorted(times, group["rare_time"][:])) if "rare_time" in group else []
    if not set(required) <= set(found) or [times[step] for step in found] != list(group.get("rare_time", [])):
        yield f"{field['name']}: its time axis has the steps {found}, {required} were committed"
        return
    if field["name"] not in group:
        if not field["fill"] and found:
            yield f"{field['name']} is missing"
        return
    if len(group[field["name"]]) != len(found):
        yield f"{field['name']} has {len(group[field['name']])} rows for {len(found)} steps"
        return
    for row, values in zip(found, group[field["name"]][:]):
        right = (values == expected_row(field, row)) | (field["fill"] & (values == FILL))
        if not right.all():
            yield f"{field['name']}, step {row}: {np.count_nonzero(~right)} other values"


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


def field_problems(group, field, times, rare, refined):
    steps = len(times)
    if field["is_refined"]:
        yield from refined_problems(group, field, refined)
        return
    if field["is_rare"]:
        yield from rare_problems(group, field, times, rare)
        return
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
                run = field["run"]
                yield from field_problems(file[run], field,
                                          *(program[what].get(run, []) for what in ("runs", "rare", "refined")))


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
