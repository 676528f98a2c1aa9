#pragma once

#include <string>

#include "hdf5/reference_file.hpp"
#include "paraview/scene.hpp"

namespace tessera::paraview {

/// Why VTK's reader cannot show a scene from a `.vtkhdf` file, as a clause; empty where it can.
std::string vtkhdf_obstacle(const Scene& scene);

/// The `.vtkhdf` file of a scene: image data in VTK's HDF5 format, of references into the study.
/// https://docs.vtk.org/en/latest/design_documents/VTKFileFormats.html#vtkhdf-file-format
/// \param study the file with the run, as a path from the side file's directory
hdf5::ReferenceFile vtkhdf_of(const Scene& scene, const std::string& study);

}  // namespace tessera::paraview
