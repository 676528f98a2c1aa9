#include "paraview/vtkhdf.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "paraview/side_file.hpp"
#include "paraview/vtkhdf_file.hpp"

/// \file
/// What VTK 9.1 to 9.4 need, and why, by trying (docs/paraview.md has the versions):
///
/// * `NSteps` = 1 is read as a file without time, and (1, z, y, x) then as another shape: with one step the arrays are
///   views of it, and there are no `Steps`.
/// * An array without time beside `Steps` is a view of shape (1, z, y, x) whose offsets are 0 in all steps.
/// * Axes of one point are left out of arrays, the first ones (z, then y) whatever axes they are.
/// * `Values` has exactly `NSteps` values, or VTK 9.3 crashes: a view of as many, since `time` grows.
/// * The field data of a step is found by its offset alone.
/// * Components lie along one axis: tensors, whose dataset has two, are views.
/// * Arrays of meshes have all steps one after the other along their first axis, and offsets to each.
/// * VTK 9.1 and 9.2 read version 1.0 alone, without time. Arrays of cells are an error there, and of fewer than three
///   axes the end of the program: files with any of these say version 2.0, of which they warn.

namespace tessera::paraview {

namespace {

std::size_t thin_axes(const Scene& scene) {
  const auto wide = std::ranges::find_if(scene.axes, [](const SceneAxis& axis) { return axis.points > 1; });
  return static_cast<std::size_t>(wide - scene.axes.begin());
}

bool is_for_all_versions(const Scene& scene) {
  const auto at_points = [](const SceneArray& array) { return array.location == Location::point; };
  return !has_steps(scene) && thin_axes(scene) == 0 && scene.axes.size() == 3 &&
         std::ranges::all_of(scene.arrays, at_points);
}

/// VTK's axes are x, y, z.
void add_grid(VtkhdfFile& out, const Scene& scene) {
  out.add_root("ImageData", {is_for_all_versions(scene) ? 1 : 2, 0});
  std::vector<std::int64_t> extent;
  std::vector<double> origin(3, 0);
  std::vector<double> spacing(3, 1);
  for (std::size_t i = 0; i < 3; ++i) {
    const SceneAxis axis = i < scene.axes.size() ? scene.axes[scene.axes.size() - 1 - i] : SceneAxis{};
    extent.insert(extent.end(), {0, axis.points - 1});
    origin[i] = axis.origin;
    spacing[i] = axis.spacing;
  }
  out.set(VtkhdfFile::root, "WholeExtent", extent);
  out.set(VtkhdfFile::root, "Origin", origin);
  out.set(VtkhdfFile::root, "Spacing", spacing);
  out.set(VtkhdfFile::root, "Direction", std::vector<double>{1, 0, 0, 0, 1, 0, 0, 0, 1});
  out.set(VtkhdfFile::root, "creator", side_file_mark(out.file.other));
}

hdf5::ReferenceFile::View view_of(const Scene& scene, const SceneArray& array) {
  hdf5::ReferenceFile::View view{array_path(array), array.type, {}, array.path, {}, {}};
  if (array.time_dependent) {
    view.target_shape.push_back(scene.steps);
    view.count.push_back(scene.steps);
  }
  if (has_steps(scene)) view.shape.push_back(array.time_dependent ? scene.steps : 1);
  for (std::size_t i = 0; i < array.shape.size(); ++i) {
    view.target_shape.push_back(array.shape[i]);
    view.count.push_back(array.shape[i]);
    if (i >= thin_axes(scene)) view.shape.push_back(array.shape[i]);
  }
  if (array.components > 1) view.shape.push_back(array.components);
  for (const std::int64_t extent : array.stored_components()) {
    for (Index* index : {&view.target_shape, &view.count}) index->push_back(extent);
  }
  return view;
}

void add_of_grid(VtkhdfFile& out, const Scene& scene, const SceneArray& array) {
  if (has_steps(scene) && !array.time_dependent)
    out.add_offsets(offsets_path(array), VtkhdfFile::multiples(scene.steps, 0));
  if (thin_axes(scene) == 0 && array.tensor.empty() && array.time_dependent == has_steps(scene)) {
    out.file.links.push_back({array_path(array), array.path});
  } else {
    out.file.views.push_back(view_of(scene, array));
  }
}

}  // namespace

std::string vtkhdf_obstacle(const Scene& scene) {
  if (scene.mesh) return {};
  if (scene.refinement && scene.refinement->origin.size() != 3)
    return "its boxes have two axes, and VTK's reader of .vtkhdf wants three";
  if (scene.refinement && !has_one_ratio(*scene.refinement))
    return "the ratios of its levels differ between axes, of which VTK's OverlappingAMR has one for all";
  if (scene.refinement) return {};
  if (scene.table) return scene.table->length == 0 ? "it has no rows yet" : "";
  if (!scene.places.empty())
    return "its grid is curvilinear, which VTK before 9.7 does not read from .vtkhdf; the .xmf side file shows it";
  if (!scene.is_uniform())
    return "its points are not at equal distances, which VTK before 9.7 does not read from .vtkhdf; the .xmf side file "
           "shows it";
  const std::size_t thin = thin_axes(scene);
  if (thin == scene.axes.size()) return "its grid has one point";
  for (std::size_t i = thin; i < scene.axes.size(); ++i) {
    if (scene.axes[i].points > 1) continue;
    return "its axis " + in_quotes(scene.axes[i].name) +
           " has one point, which VTK's reader of .vtkhdf takes for the slowest axis; the .xmf side file shows it";
  }
  return {};
}

hdf5::ReferenceFile vtkhdf_of(const Scene& scene, const std::string& study) {
  VtkhdfFile out(study);
  if (scene.mesh) {
    add_mesh(out, scene);
  } else if (scene.refinement) {
    add_refinement(out, scene);
  } else if (scene.table) {
    add_table(out, scene);
  } else {
    add_grid(out, scene);
    out.begin_arrays(scene);
    for (const SceneArray& array : scene.arrays) add_of_grid(out, scene, array);
  }
  for (const SceneSeries& series : scene.series) out.add(scene, series);
  return std::move(out.file);
}

}  // namespace tessera::paraview
