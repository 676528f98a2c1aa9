#!/usr/bin/env python3
"""Opens the side files of meshes with VTK or ParaView: nodes, cells, bounds and every value of every field in every
step are those that h5py reads from the study.

    TESSERA_VTK_PROGRAM=pvpython check_mesh_in_vtk.py DIRECTORY     of tests/mpi/mesh.cpp or changing_mesh.cpp; or a
                                                                    Python with python3-vtk9
"""

import sys

import h5py
import numpy as np
from check_in_vtk import compare, read_dump, require


def text(value):
    return value.decode() if isinstance(value, bytes) else value


class MeshInStep:
    """What h5py reads of a mesh, in one step of its run."""

    def __init__(self, run, name, step):
        topology = run[name].attrs
        position = text(topology.get("node_position", ""))
        if position and len(run["time"]):
            places = list(run[position][step].T)
        else:
            places = [run[axis][:] for axis in text(topology["node_coordinates"]).split()]
        places += [np.zeros_like(places[0])] * (3 - len(places))
        flat = run[f"{name}_connectivity_list"] if f"{name}_connectivity_list" in run else run[f"{name}_connectivity"]
        self.parts = {"points": np.stack(places, axis=1), "connectivity": flat[:].ravel(),
                      "offsets": run[f"{name}_offsets"][:], "types": run[f"{name}_types"][:]}
        own = {f"{name}{ending}" for ending in ("", "_x", "_y", "_z", "_types")} | {position}
        ending = f"_{topology['mesh_version']}" if "mesh_version" in topology else ""
        self.fields = {field.removesuffix(ending): dataset for field, dataset in run.items()
                       if text(dataset.attrs.get("mesh", "")) == name and field not in own
                       and dataset.dtype != np.float16}  # which VTK does not read
        self.step = step

    def values(self, field):
        dataset = self.fields[field]
        is_in_time = text(dataset.dims[0].label) == "time" or dataset.dims[0][0].name.endswith("/time")
        return dataset[self.step] if is_in_time else dataset[:]

    def location(self, field):
        return "point" if text(self.fields[field].attrs["location"]) == "node" else "cell"


class Mesh:
    """The mesh that most fields of a run lie on, of which each step may have another version."""

    def __init__(self, run):
        self.run = run
        names = [text(dataset.attrs["mesh"]) for dataset in run.values() if "mesh" in dataset.attrs]
        self.name = max(set(names), key=names.count)
        self.base = text(run[self.name].attrs.get("version_of", ""))
        self.times = run["time"][:] if "time" in run else np.zeros(0)

    def at(self, step):
        name = f"{self.base}_{self.run[f'{self.base}_version'][step]}" if self.base else self.name
        return MeshInStep(self.run, name, step)


def check_step(where, mesh, step):
    require(step.get("class") == "vtkUnstructuredGrid", f"{where}: {step.get('class')}")
    found = {(kind, name): array for kind, name, array in step["values"]}
    for name, expected in mesh.parts.items():
        array = found["mesh", name]
        require(np.array_equal(array.ravel(), expected.ravel()), f"{where}: other {name}: {array}")
    bounds = np.stack([mesh.parts["points"].min(axis=0), mesh.parts["points"].max(axis=0)], axis=1).ravel()
    require(np.array_equal(step["bounds"], bounds), f"{where}: bounds {step['bounds']}")
    for field in mesh.fields:
        key = mesh.location(field), field
        require(key in found, f"{where}: no {key} among {sorted(found)}")
        expected = mesh.values(field)
        require(found[key].dtype == expected.dtype, f"{where} {field}: {found[key].dtype}")
        same = np.array_equal(found[key].ravel(), expected.ravel(), equal_nan=expected.dtype.kind == "f")
        require(same, f"{where} {field}: other values")


def check(path, mesh):
    steps = read_dump(path)
    has_times = len(mesh.times) > 1 or path.suffix == ".xmf" and len(mesh.times)
    require([step["time"] for step in steps] == (list(mesh.times) if has_times else [None]), f"{path}: other times")
    for number, step in enumerate(steps):
        check_step(f"{path.name} step {number}", mesh.at(number), step)
    return f"{len(steps)} steps, {len(mesh.at(0).fields)} fields"


def meshes_in(directory):
    meshes = {}
    for path in sorted([*directory.glob("*.r.vtkhdf"), *directory.glob("*.r.xmf")]):
        meshes[path] = Mesh(h5py.File(directory / f"{path.name.split('.')[0]}.h5")["r"])
    require(len(meshes) > 5, f"{len(meshes)} side files in {directory}")
    return meshes


if __name__ == "__main__":
    compare(sys.argv[1], meshes_in, check)
