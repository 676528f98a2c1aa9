#!/usr/bin/env python3
"""Lists a Tessera file: its runs, their datasets, shapes and chunks, and what compression saved."""

import argparse
import os

import common


def by(numbers):
    return " x ".join(map(str, numbers)) if numbers else "-"


def sizes(dataset):
    """Bytes of the values, and bytes that they take in the file."""
    return dataset.size * dataset.dtype.itemsize, dataset.id.get_storage_size()


def ratio(raw, stored):
    return f"{raw / stored:.2f}" if raw and stored else "-"


def row(dataset):
    raw, stored = sizes(dataset)
    return [common.label(dataset), ", ".join(common.axes(dataset)), by(dataset.shape), by(dataset.chunks),
            str(dataset.dtype), f"{raw / 1e6:.3f}", ratio(raw, stored)]


def list_run(name, run):
    steps = f", {len(run['time'])} steps" if "time" in run else ""
    print(f"\n{name}{steps}")
    heading = ["dataset", "axes", "shape", "chunk", "type", "MB", "ratio"]
    common.print_table([heading, *map(row, common.datasets(run).values())], indent="  ")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    path = parser.parse_args().file
    with common.open_file(path) as file:
        runs = common.runs(file)
        for name, run in runs.items():
            list_run(name, run)
        raw = sum(sizes(dataset)[0] for run in runs.values() for dataset in common.datasets(run).values())
    stored = os.path.getsize(path)
    count = f"{len(runs)} run{'' if len(runs) == 1 else 's'}"
    print(f"\n{path}: {count}, {raw / 1e6:.1f} MB of values in {stored / 1e6:.1f} MB "
          f"(ratio {ratio(raw, stored)})")


if __name__ == "__main__":
    main()
