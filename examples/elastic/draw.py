"""Draws the bent beam, 100 times as much as it is, coloured by the stress along it.

    pvpython draw.py elastic.simulation.xmf beam.png      (from ParaView 5.12 on also elastic.simulation.vtkhdf)
"""

import sys

from paraview import simple

# Of ParaView's readers of .xmf the first one; OpenDataFile may take the third.
is_xdmf = sys.argv[1].endswith(".xmf")
source = simple.XDMFReader(FileNames=[sys.argv[1]]) if is_xdmf else simple.OpenDataFile(sys.argv[1])
source.UpdatePipeline()
last = list(source.TimestepValues)[-1]
view = simple.CreateView("RenderView")
view.ViewSize = [1200, 500]
view.ViewTime = last
bent = simple.WarpByVector(Input=source, Vectors=["POINTS", "displacement"], ScaleFactor=100)
display = simple.Show(bent, view)
display.SetRepresentationType("Surface With Edges")
simple.ColorBy(display, ("CELLS", "stress", "XX"))
display.RescaleTransferFunctionToDataRange(False, True)
display.SetScalarBarVisibility(view, True)
view.CameraPosition, view.CameraFocalPoint, view.CameraViewUp = [3, -9, 2.5], [3, 0.75, 0.5], [0, 0, 1]
simple.Render(view)
simple.SaveScreenshot(sys.argv[2], view)
