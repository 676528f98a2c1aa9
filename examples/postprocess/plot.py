#!/usr/bin/env python3
"""Draws a plane of a field at one step, all runs side by side with one colour scale, into a PNG file."""

import argparse

import matplotlib

matplotlib.use("Agg")  # no display needed
import matplotlib.pyplot as plt
import numpy as np

import common


def magnitude(plane):
    return plane.values if plane.values.ndim == 2 else np.linalg.norm(plane.values, axis=-1)


def edges(coordinates):
    """First and last edge of the cells around the points: where the picture begins and ends."""
    half = (coordinates[1] - coordinates[0]) / 2 if len(coordinates) > 1 else 0.5
    return coordinates[0] - half, coordinates[-1] + half


def draw(figure, planes):
    images = [magnitude(plane) for plane in planes]
    lowest, highest = min(image.min() for image in images), max(image.max() for image in images)
    panels = figure.subplots(1, len(planes), squeeze=False)[0]
    for panel, plane, image in zip(panels, planes, images):
        drawn = panel.imshow(image, origin="lower", vmin=lowest, vmax=highest, cmap="inferno",
                             extent=(*edges(plane.columns[:]), *edges(plane.rows[:])))
        panel.set_title(plane.title, fontsize="medium")
        panel.set_xlabel(common.label(plane.columns))
        panel.set_ylabel(common.label(plane.rows))
    vector = "magnitude of " if planes[0].values.ndim == 3 else ""
    figure.colorbar(drawn, ax=list(panels), label=vector + common.label(planes[0].field))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--run", action="append", help="name of a run; may be repeated (all)")
    parser.add_argument("--field", default="temperature", help="name of the dataset (%(default)s)")
    parser.add_argument("--step", type=int, default=-1, help="index of the step; -1 is the last (%(default)s)")
    parser.add_argument("--axis", default="z", help="axis that the plane is normal to (%(default)s)")
    parser.add_argument("--index", type=int, help="where along that axis (the middle)")
    parser.add_argument("--output", default="slice.png", help="the picture (%(default)s)")
    arguments = parser.parse_args()
    with common.open_file(arguments.file) as file:
        names = arguments.run or list(common.runs(file))
        planes = [common.cut(common.find_run(file, name), arguments.field, arguments.step, arguments.axis,
                             arguments.index) for name in names]
        figure = plt.figure(figsize=(5.5 * len(planes) + 1, 4.5), layout="constrained")
        draw(figure, planes)
        figure.savefig(arguments.output, dpi=120)
    print(f"{arguments.output}: {', '.join(plane.title for plane in planes)}")


if __name__ == "__main__":
    main()
