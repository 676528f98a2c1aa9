#!/usr/bin/env python3
"""How large the side file of a mesh in parts is, beside the study, and how long it takes to make.

    mesh_parts.py TESSERA [--edge N] [--steps N] [--directory DIR]

Of 6 N^3 tetrahedra, whose nodes are numbered layer by layer.
The study is written by h5py as FORMAT.md says, compressed as Tessera does it by default: shuffle and deflate.
"""

import argparse
import pathlib
import statistics
import subprocess
import tempfile
import time

import h5py
import numpy as np

CORNERS = np.array([(0, 1, 3, 7), (0, 1, 7, 5), (0, 5, 7, 4), (0, 3, 2, 7), (0, 6, 4, 7), (0, 2, 6, 7)])
# ... of a cube, each x + 2 y + 4 z


def tetrahedra(edge):
    z, y, x = np.meshgrid(*[np.arange(edge)] * 3, indexing="ij")
    first = ((z * (edge + 1) + y) * (edge + 1) + x).ravel()
    steps = np.array([(corner & 1) + (corner >> 1 & 1) * (edge + 1) + (corner >> 2) * (edge + 1) ** 2
                      for corner in range(8)])
    return (first[:, None, None] + steps[CORNERS]).reshape(-1, 4)


class Study:
    def __init__(self, path):
        self.file = h5py.File(path, "w", track_order=True)
        self.run = self.file.create_group("r", track_order=True)

    def add(self, name, values, axes, attributes=None):
        """A dataset with a dimension scale for each axis."""
        filters = {"compression": 1, "shuffle": True} if values.ndim else {}
        dataset = self.run.create_dataset(name, data=values, **filters)
        for number, (axis, length) in enumerate(zip(axes, values.shape)):
            if axis not in self.run:
                nameless = f"This is a netCDF dimension but not a netCDF variable.{length:10d}"
                self.run.create_dataset(axis, (length,), "f4").make_scale(nameless)
            dataset.dims[number].attach_scale(self.run[axis])
        for key, value in (attributes or {}).items():
            dataset.attrs[key] = value


def write(path, edge, steps):
    study = Study(path)
    times = study.run.create_dataset("time", data=np.arange(float(steps)), maxshape=(None,), chunks=(512,))
    times.make_scale("time")
    cells = tetrahedra(edge)
    nodes = (edge + 1) ** 3
    places = np.meshgrid(*[np.arange(edge + 1.0)] * 3, indexing="ij")
    study.add("m", np.zeros(1, "i4"), ["m_one"], {"cf_role": "mesh_topology", "topology_dimension": np.int32(3),
                                                 "node_coordinates": "m_x m_y m_z"})
    for axis, values in zip("zyx", places):
        study.add(f"m_{axis}", values.ravel(), ["m_nodes"])
    study.add("m_connectivity", cells, ["m_cells", "component_4"])
    study.add("m_types", np.full(len(cells), 10, "u1"), ["m_cells"], {"flag_values": np.array([10], "u1")})
    study.add("m_offsets", 4 * np.arange(len(cells) + 1), ["m_offsets_count"])
    waves = np.sin(0.1 * np.arange(nodes * 3)).reshape(nodes, 3)
    study.add("u", np.stack([waves + step for step in range(steps)]), ["time", "m_nodes", "component_3"],
              {"mesh": "m", "location": "node"})
    study.add("p", np.stack([np.cos(0.1 * np.arange(len(cells), dtype="f4")) + step for step in range(steps)]),
              ["time", "m_cells"], {"mesh": "m", "location": "volume"})
    stored = study.run["m_connectivity"].id.get_storage_size()
    study.file.close()
    return len(cells), nodes, stored


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("tessera")
    parser.add_argument("--edge", type=int, default=56)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--directory", default=None)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.directory) as directory:
        path = pathlib.Path(directory) / "study.h5"
        cells, nodes, stored = write(path, options.edge, options.steps)
        print(f"{cells} tetrahedra, {nodes} nodes, {options.steps} steps: study {path.stat().st_size / 2**20:.1f} MiB, "
              f"its connectivity {stored / 2**20:.2f} MiB")
        seconds = {}
        for _ in range(3):
            for parts in (1, 2, 8, 64):
                begin = time.monotonic()
                said = subprocess.run([options.tessera, "paraview", "--parts", str(parts), path], check=True, text=True,
                                      capture_output=True).stdout
                seconds.setdefault(parts, []).append(time.monotonic() - begin)
                if len(seconds[parts]) == 3:
                    size = path.with_suffix(".r.vtkhdf").stat().st_size
                    print(f"--parts {parts}: {said.splitlines()[0].split(': ')[1]}; {size / 2**20:.2f} MiB; "
                          f"{statistics.median(seconds[parts]):.2f} s, fastest {min(seconds[parts]):.2f} s")


if __name__ == "__main__":
    main()
