#!/usr/bin/env python3
"""Writes what VTK sees in the side files of refinements to FILE.npz, for check_refinement_in_vtk.py to compare. Runs in
any Python that has VTK: python3 with python3-vtk9, or ParaView's pvpython.

    dump_refinement_with_vtk.py FILE...
"""

import json
import sys

import numpy as np
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkVersion
from vtkmodules.vtkIOHDF import vtkHDFReader


def dump(path):
    reader = vtkHDFReader()
    reader.SetFileName(path)
    reader.SetMaximumLevelsToReadByDefaultForAMR(0)  # all of them
    reader.Update()
    data = reader.GetOutputDataObject(0)
    blocks, kept = [], []
    for level in range(data.GetNumberOfLevels()):
        for number in range(data.GetNumberOfDataSets(level)):
            grid = data.GetDataSet(level, number)
            block = {"level": level, "origin": grid.GetOrigin(), "spacing": grid.GetSpacing(),
                     "points": grid.GetDimensions(), "arrays": {}}
            cells = grid.GetCellData()
            for index in range(cells.GetNumberOfArrays()):
                array = cells.GetArray(index)
                block["arrays"][array.GetName()] = len(kept)
                kept.append(vtk_to_numpy(array))
            blocks.append(block)
    index = {"class": data.GetClassName(), "blocks": blocks}
    np.savez(path + ".npz", index=json.dumps(index), **{f"a{number}": values for number, values in enumerate(kept)})


def main():
    print("VTK", vtkVersion.GetVTKVersion())
    for path in sys.argv[1:]:
        dump(path)


if __name__ == "__main__":
    main()
