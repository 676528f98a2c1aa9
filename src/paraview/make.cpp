#include "paraview/make.hpp"

#include <filesystem>
#include <utility>

#include "paraview/vtkhdf.hpp"
#include "paraview/xdmf.hpp"

namespace tessera::paraview {

namespace {

std::string name_of(const std::string& study) { return std::filesystem::path(study).filename().string(); }

}  // namespace

std::string obstacle(const Scene& scene, const std::string& study, Format format) {
  if (scene.empty()) return "no field of it has values on a grid of one to three axes or on a mesh";
  return format == Format::vtkhdf ? vtkhdf_obstacle(scene) : xdmf_obstacle(scene, name_of(study));
}

std::vector<std::string> left_out(const Scene& scene, Format format) {
  std::vector<std::string> result = scene.left_out;
  if (format == Format::vtkhdf) return result;
  for (std::string& what : xdmf_left_out(scene)) result.push_back(std::move(what));
  return result;
}

void make_side_file(const Scene& scene, const std::string& study, Format format, std::span<const double> times,
                    bool sync) {
  const std::string path = side_file_path(study, scene.run, format);
  if (format == Format::vtkhdf) {
    replace_side_file(path, name_of(study), hdf5::file_image(vtkhdf_of(scene, name_of(study))), sync);
  } else {
    const std::string text = xdmf_of(scene, name_of(study), times);
    replace_side_file(path, name_of(study), std::as_bytes(std::span(text)), sync);
  }
}

}  // namespace tessera::paraview
