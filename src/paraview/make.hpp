#pragma once

#include <span>
#include <string>
#include <vector>

#include "paraview/scene.hpp"
#include "paraview/side_file.hpp"

namespace tessera::paraview {

/// Why a scene cannot be shown by a side file of this format, as a clause: "its grid has one point"; empty where it
/// can.
std::string obstacle(const Scene& scene, const std::string& study, Format format);

/// What of a run that can be shown is not shown, as in Scene::left_out.
std::vector<std::string> left_out(const Scene& scene, Format format);

/// Writes the side file of a scene that has no obstacle. \param times of its steps, which `.xmf` files hold as text
/// \throws Error storage, hdf5, file_exists
void make_side_file(const Scene& scene, const std::string& study, Format format, std::span<const double> times,
                    bool sync = false);

}  // namespace tessera::paraview
