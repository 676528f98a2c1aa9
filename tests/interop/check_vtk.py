#!/usr/bin/env python3
"""Opens a file whose fields lie in the root group with VTK's netCDF reader (that of ParaView): are the fields on the
box that was written, with their values?

    check_vtk.py DIRECTORY
"""

import pathlib
import sys

import numpy as np
import vtk
from vtk.util.numpy_support import vtk_to_numpy


def read(path, time):
    """What the reader makes of all fields on the axes z, y, x."""
    reader = vtk.vtkNetCDFCFReader()
    reader.SetFileName(str(path))
    reader.UpdateInformation()
    reader.SetDimensions("(z, y, x)")
    reader.UpdateTimeStep(time)
    return reader.GetOutput()


def main():
    path = next(pathlib.Path(sys.argv[1]).glob("*.h5"))
    output = read(path, 0.5)
    # A "spherical" grid is a structured one, with positions of its own.
    assert output.IsA("vtkImageData") or output.IsA("vtkRectilinearGrid"), f"VTK sees a {output.GetClassName()}"
    bounds = np.round(output.GetBounds(), 9)
    assert np.array_equal(bounds, [3, 3.9, 2, 3, 1, 2.5]), f"bounds {bounds}"
    values = vtk_to_numpy(output.GetPointData().GetArray("temperature")).reshape(6, 6, 10)
    z, y, x = np.meshgrid(range(6), range(6), range(10), indexing="ij")
    assert np.array_equal(values, 10000 * z + 100 * y + x + 0.5), "other values"
    print(f"{path.name}: {output.GetClassName()}, values right")


if __name__ == "__main__":
    main()
