#!/usr/bin/env python3
"""Writes what VTK sees in side files (.vtkhdf, .xmf) to FILE.npz, for check_side_files.py to compare. Runs in any
Python that has VTK: python3 with python3-vtk9, or ParaView's pvpython.

    dump_with_vtk.py [--pieces N] FILE...     prints VTK's version and what it can read

With --pieces each name has the number of the piece before it, of N that are asked for one by one: "0/points".
"""

import json
import sys

import numpy as np
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkVersion
from vtkmodules.vtkCommonExecutionModel import vtkStreamingDemandDrivenPipeline as Pipeline


def reader_of(path):
    """None where this VTK was built without the reader."""
    try:
        if path.endswith(".vtkhdf"):
            from vtkmodules.vtkIOHDF import vtkHDFReader as Reader
        else:
            from vtkmodules.vtkIOXdmf2 import vtkXdmfReader as Reader
    except ImportError:
        return None
    reader = Reader()
    reader.SetFileName(path)
    return reader


def leaf_of(data):
    """The one grid of a file, which some readers put into blocks."""
    while data is not None and data.IsA("vtkMultiBlockDataSet"):
        data = data.GetBlock(0) if data.GetNumberOfBlocks() else None
    return joined(data) if data is not None and data.IsA("vtkPartitionedDataSet") else data


def joined(parts):
    """Points that lie in several parts, one after the other."""
    from vtkmodules.vtkFiltersCore import vtkAppendPolyData
    append = vtkAppendPolyData()
    for number in range(parts.GetNumberOfPartitions()):
        append.AddInputData(parts.GetPartition(number))
    append.Update()
    return append.GetOutput()


def arrays_of(data):
    for kind, owner in (("point", data.GetPointData()), ("cell", data.GetCellData()), ("field", data.GetFieldData())):
        for number in range(owner.GetNumberOfArrays()):
            array = owner.GetAbstractArray(number)
            if array.IsNumeric():
                names = [array.GetComponentName(c) for c in range(array.GetNumberOfComponents())]
                yield kind, array.GetName(), vtk_to_numpy(array), names


def mesh_of(data):
    """Places of the nodes, the nodes of the cells one after the other, where those of each begin, types."""
    if data.IsA("vtkPolyData"):
        if data.GetNumberOfPoints():
            yield "mesh", "points", vtk_to_numpy(data.GetPoints().GetData()), []
        yield "mesh", "vertices", vtk_to_numpy(data.GetVerts().GetConnectivityArray()), []
    if data.IsA("vtkStructuredGrid"):
        yield "mesh", "points", vtk_to_numpy(data.GetPoints().GetData()), []
    if not data.IsA("vtkUnstructuredGrid"):
        return
    cells = data.GetCells()
    for name, array in (("points", data.GetPoints().GetData()), ("connectivity", cells.GetConnectivityArray()),
                        ("offsets", cells.GetOffsetsArray()), ("types", data.GetCellTypesArray())):
        yield "mesh", name, vtk_to_numpy(array), []


def read(reader, time, piece, pieces):
    """What comes out of it; of several pieces one, as a rank of ParaView asks for it."""
    if time is None:
        reader.UpdatePiece(piece, pieces, 0)
    else:
        reader.UpdateTimeStep(time, piece, pieces, 0)
    data = leaf_of(reader.GetOutputDataObject(0))
    return data if pieces == 1 or data is not None and data.GetNumberOfPoints() else None


def dump(path, pieces):
    reader = reader_of(path)
    if reader is None:
        return None
    reader.UpdateInformation()
    information = reader.GetOutputInformation(0)
    times = information.Get(Pipeline.TIME_STEPS()) if information.Has(Pipeline.TIME_STEPS()) else []
    steps, kept = [], []
    for time in times or [None]:
        step = {"time": time, "arrays": []}
        steps.append(step)
        for piece in range(pieces):
            data = read(reader, time, piece, pieces)
            if data is None:
                continue
            step |= {"class": data.GetClassName(), "bounds": data.GetBounds()}
            if hasattr(data, "GetDimensions"):
                step["dimensions"] = data.GetDimensions()
            step |= {"points": data.GetNumberOfPoints(), "cells": data.GetNumberOfCells()}
            for kind, name, values, names in [*mesh_of(data), *arrays_of(data)]:
                step["arrays"].append([kind, name if pieces == 1 else f"{piece}/{name}", len(kept), names])
                kept.append(values)
    np.savez(path + ".npz", index=json.dumps(steps), **{f"a{number}": values for number, values in enumerate(kept)})
    return len(steps)


def main():
    print("VTK", vtkVersion.GetVTKVersion())
    paths, pieces = sys.argv[1:], 1
    if paths and paths[0] == "--pieces":
        paths, pieces = paths[2:], int(paths[1])
    for path in paths:
        steps = dump(path, pieces)
        print(path, "left out: this VTK has no reader" if steps is None else f"{steps} steps", flush=True)


if __name__ == "__main__":
    main()
