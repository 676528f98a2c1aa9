#pragma once

#include <span>
#include <string>
#include <vector>

#include "paraview/scene.hpp"

namespace tessera::paraview {

/// Why XDMF's readers cannot show a scene of this study, as a clause; empty where they can.
std::string xdmf_obstacle(const Scene& scene, const std::string& study);

/// What of a scene they cannot show, as in Scene::left_out.
std::vector<std::string> xdmf_left_out(const Scene& scene);

/// The `.xmf` file of a scene: XDMF 2, which all of ParaView's XDMF readers but Xdmf3ReaderT show.
/// https://www.xdmf.org/index.php/XDMF_Model_and_Format
/// \param study the file with the run, as a path from the side file's directory
/// \param times of the scene's steps
std::string xdmf_of(const Scene& scene, const std::string& study, std::span<const double> times);

}  // namespace tessera::paraview
