#!/usr/bin/env python3
"""Prints the parameters of all runs of a Tessera file as a table: one column per run."""

import argparse
import csv
import sys

import common


def table(file):
    """Rows of cells: the names of the runs, then one row per parameter; empty where a run does not have it."""
    parameters = {name: {key: common.value_of(value) for key, value in run.attrs.items()}
                  for name, run in common.runs(file).items() if name != "/"}
    names = dict.fromkeys(key for values in parameters.values() for key in values)
    return [["parameter", *parameters]] + [[name, *(str(values.get(name, "")) for values in parameters.values())]
                                           for name in names]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--csv", action="store_true", help="comma-separated, for a spreadsheet")
    arguments = parser.parse_args()
    with common.open_file(arguments.file) as file:
        rows = table(file)
    if arguments.csv:
        csv.writer(sys.stdout, lineterminator="\n").writerows(rows)
    else:
        common.print_table(rows)


if __name__ == "__main__":
    main()
