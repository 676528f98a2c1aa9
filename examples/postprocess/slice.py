#!/usr/bin/env python3
"""Extracts one plane of a field at one step and prints its range; --output keeps it as CSV or NumPy array."""

import argparse
import csv

import numpy as np

import common


def write_csv(path, plane):
    """One line per point: its two coordinates, then the value or the components."""
    values = plane.values.reshape(len(plane.rows), len(plane.columns), -1)
    components = values.shape[2]
    names = [common.label(plane.field)] if components == 1 else [
        f"{common.label(plane.field)} {component}" for component in range(components)]
    columns = plane.columns[:]
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([common.label(plane.rows), common.label(plane.columns), *names])
        for row, line in zip(plane.rows[:], values):
            writer.writerows([row, column, *point] for column, point in zip(columns, line))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--run", help="name of the run (the first)")
    parser.add_argument("--field", default="temperature", help="name of the dataset (%(default)s)")
    parser.add_argument("--step", type=int, default=-1, help="index of the step; -1 is the last (%(default)s)")
    parser.add_argument("--axis", default="z", help="axis that the plane is normal to (%(default)s)")
    parser.add_argument("--index", type=int, help="where along that axis (the middle)")
    parser.add_argument("--output", help="a .csv or .npy file for the plane")
    arguments = parser.parse_args()
    with common.open_file(arguments.file) as file:
        plane = common.cut(common.find_run(file, arguments.run), arguments.field, arguments.step, arguments.axis,
                           arguments.index)
        values = plane.values
        print(f"{plane.title}\n{common.label(plane.field)}: {' x '.join(map(str, values.shape))} values, "
              f"min {values.min():.6g}, mean {values.mean():.6g}, max {values.max():.6g}")
        if arguments.output and arguments.output.endswith(".csv"):
            write_csv(arguments.output, plane)
        elif arguments.output:
            np.save(arguments.output, values)


if __name__ == "__main__":
    main()
