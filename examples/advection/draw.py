"""Draws the cloud and the tracers of the last step, coloured by the time at which they were let go.

    pvpython draw.py advection.png
"""

import sys

from paraview import simple

cloud = simple.XDMFReader(FileNames=["advection.stirred.xmf"])
tracers = simple.XDMFReader(FileNames=["advection.stirred.tracers_points.xmf"])
cloud.UpdatePipeline()
view = simple.CreateView("RenderView")
view.ViewSize = [800, 800]
view.ViewTime = list(cloud.TimestepValues)[-1]
display = simple.Show(cloud, view)
display.SetRepresentationType("Surface")
simple.ColorBy(display, ("POINTS", "concentration"))
points = simple.Show(tracers, view)
points.SetRepresentationType("Points")
points.PointSize = 6
simple.ColorBy(points, ("POINTS", "born"))
points.RescaleTransferFunctionToDataRange(False, True)
view.CameraPosition, view.CameraFocalPoint = [0.5, 0.5, 2.2], [0.5, 0.5, 0]
simple.Render(view)
simple.SaveScreenshot(sys.argv[1], view)
