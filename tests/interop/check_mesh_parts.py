#!/usr/bin/env python3
"""Side files of meshes in parts (`tessera paraview --parts`): in every step each cell is in one part, with its nodes at
their places, and with every value of every field, as h5py reads them from the study.

    check_mesh_parts.py TESSERA DIRECTORY     of tests/mpi/mesh.cpp or changing_mesh.cpp

Parts are put together from the side file by h5py as VTK's readers do it; with TESSERA_VTK_PROGRAM (pvpython, or a
Python with python3-vtk9) by VTK, a piece for each.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

import h5py
import numpy as np
from check_in_vtk import dump, is_for, read_dump
from check_mesh_in_vtk import Mesh, require

MOST_NODES = 1.25


def parts_by_hand(path):
    """Of each step the parts, as vtkHDFReader finds them: names and arrays."""
    with h5py.File(path) as file:
        root = file["VTKHDF"]
        steps = root["Steps"] if "Steps" in root else None
        for step in range(steps.attrs["NSteps"] if steps else 1):
            def begin(name, step=step):
                return int(steps[name][step]) if steps else 0
            first = begin("PartOffsets")
            count = begin("NumberOfParts") if steps else len(root["NumberOfPoints"])
            numbers = {name: root[f"NumberOf{name}"][first : first + count]
                       for name in ("Points", "Cells", "ConnectivityIds")}
            parts = []
            for part in range(count):
                at = {name: int(values[:part].sum()) for name, values in numbers.items()}
                size = {name: int(values[part]) for name, values in numbers.items()}

                def rows(name, where, count):
                    return root[name][where : where + count]
                found = {("mesh", "points"): rows("Points", begin("PointOffsets") + at["Points"], size["Points"]),
                         ("mesh", "types"): rows("Types", begin("CellOffsets") + at["Cells"], size["Cells"]),
                         ("mesh", "offsets"): rows("Offsets", begin("CellOffsets") + at["Cells"] + first + part,
                                                 size["Cells"] + 1),
                         ("mesh", "connectivity"): rows("Connectivity", begin("ConnectivityIdOffsets")
                                                        + at["ConnectivityIds"], size["ConnectivityIds"])}
                for kind, group, unit in (("point", "PointData", "Points"), ("cell", "CellData", "Cells")):
                    for name in root[group]:
                        found[kind, name] = rows(f"{group}/{name}", begin(f"{group}Offsets/{name}") + at[unit],
                                                 size[unit])
                parts.append(found)
            yield parts


def parts_by_vtk(path):
    for step in read_dump(path):
        pieces = {}
        for kind, name, array in step["values"]:
            number, _, name = name.partition("/")
            pieces.setdefault(number, {})[kind, name] = array
        in_order = [pieces[number] for number in sorted(pieces, key=int)]
        yield [found for found in in_order if len(found.get(("mesh", "points"), []))]


def check_selections(path):
    """HDF5 lists the blocks of what is selected one by one: with one for each step, many steps take minutes to open."""
    def check_one(name, dataset):
        if isinstance(dataset, h5py.Dataset) and dataset.is_virtual:
            for source in dataset.virtual_sources():
                blocks = max(space.get_select_hyper_nblocks() for space in (source.vspace, source.src_space)
                             if space.get_select_type() == h5py.h5s.SEL_HYPERSLABS)
                require(blocks == 1, f"{path} {name}: {blocks} blocks of {source.dset_name}")
    with h5py.File(path) as file:
        file.visititems(check_one)


def check_step(where, mesh, parts):
    expected = mesh.parts
    require(sum(len(part["mesh", "types"]) for part in parts) == len(expected["types"]), f"{where}: other cells")
    together = sum(len(part["mesh", "points"]) for part in parts)
    require(len(parts) == 1 or together <= MOST_NODES * len(expected["points"]), f"{where}: {together} nodes")
    cell = 0
    for number, part in enumerate(parts):
        about = f"{where} part {number}"
        offsets, nodes = part["mesh", "offsets"], part["mesh", "connectivity"]
        cells = slice(cell, cell + len(offsets) - 1)
        begin, end = expected["offsets"][[cells.start, cells.stop]]
        own = expected["connectivity"][begin:end]
        require(np.array_equal(offsets, expected["offsets"][cells.start : cells.stop + 1] - begin), f"{about}: offsets")
        require(np.array_equal(part["mesh", "types"], expected["types"][cells]), f"{about}: types")
        require(len(nodes) == len(own) and nodes.max() < len(part["mesh", "points"]), f"{about}: {nodes}")
        require(np.array_equal(part["mesh", "points"][nodes], expected["points"][own]), f"{about}: other nodes")
        for field in mesh.fields:
            values, shown = mesh.values(field), part[mesh.location(field), field]
            wanted = values[own] if mesh.location(field) == "point" else values[cells]
            if mesh.location(field) == "point":
                require(len(shown) == len(part["mesh", "points"]), f"{about} {field}: {shown.shape}")
                shown = shown[nodes]
            require(shown.dtype == wanted.dtype and np.array_equal(shown.ravel(), wanted.ravel(),
                                                                   equal_nan=wanted.dtype.kind == "f"),
                    f"{about} {field}: other values")
        cell = cells.stop


def make(program, study, parts):
    done = subprocess.run([program, "paraview", "--json", "--parts", str(parts), study, "r"], capture_output=True,
                          text=True, timeout=60)
    require(done.returncode in (0, 1), f"{study}: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)["runs"][0]["parts"]


def check(program, study, elsewhere, vtk):
    """\\return the parts of each version of the mesh"""
    copy = elsewhere / study.name
    copy.write_bytes(study.read_bytes())
    numbers = make(program, copy, 8)
    path = copy.with_suffix(".r.vtkhdf")
    check_selections(path)
    with h5py.File(study) as file:
        mesh = Mesh(file["r"])
        if vtk:
            dump(vtk, [path], ["--pieces", str(max(numbers))])
        steps = list(parts_by_vtk(path) if vtk else parts_by_hand(path))
        require(len(steps) == max(1, len(mesh.times)), f"{study}: {len(steps)} steps")
        for step, parts in enumerate(steps):
            require(len(parts) in numbers, f"{study} step {step}: {len(parts)} parts, not {numbers}")
            check_step(f"{study.name} step {step}", mesh.at(step), parts)
    return numbers


def call(program, *arguments, code):
    done = subprocess.run([program, "paraview", *map(str, arguments)], capture_output=True, text=True, timeout=60)
    require(done.returncode == code, f"{arguments}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def check_bad_input(program, study, elsewhere):
    """Nodes numbered at random, and one that the mesh has not."""
    call(program, "--parts", 0, study, code=64)
    call(program, "--parts", 2, "--xmf", study, code=64)
    copy = elsewhere / "bad.h5"
    copy.write_bytes(study.read_bytes())
    with h5py.File(copy, "r+") as file:
        nodes = file["r/bricks_connectivity"]
        nodes[...] = np.random.default_rng(1).permutation(nodes[:].max() + 1)[nodes[:]]
    one = call(program, copy, "r", code=0)
    side_file = copy.with_suffix(".r.vtkhdf").read_bytes()
    said = call(program, "--parts", 4, copy, "r", code=0)
    require(said.startswith(one) and "not in 4 parts" in said, said)
    require(copy.with_suffix(".r.vtkhdf").read_bytes() == side_file, "another side file of one part")
    with h5py.File(copy, "r+") as file:
        file["r/bricks_connectivity"][-1, 0] = 60
    require("has node 60" in call(program, "--parts", 4, copy, "r", code=2), "node 60")


def main(program, directory):
    vtk = os.environ.get("TESSERA_VTK_PROGRAM", "").split()
    version = (9, 3)
    if vtk:
        said = dump(vtk, []).splitlines()[0]
        version = tuple(int(number) for number in said.split()[1].split(".")[:2])
        print(said)
    divided = 0
    with tempfile.TemporaryDirectory() as elsewhere:
        for side_file in sorted(directory.glob("*.r.vtkhdf")):
            study = side_file.with_name(side_file.name.split(".")[0] + ".h5")
            if not is_for(side_file, version):
                continue
            numbers = check(program, study, pathlib.Path(elsewhere), vtk)
            divided += max(numbers) > 1
            print(f"{study.name}: {numbers} parts")
        if not vtk and (directory / "hexahedra.h5").exists():
            check_bad_input(program, directory / "hexahedra.h5", pathlib.Path(elsewhere))
    require(divided > (3 if version >= (9, 3) else -1), f"{divided} meshes in parts")


if __name__ == "__main__":
    main(sys.argv[1], pathlib.Path(sys.argv[2]))
