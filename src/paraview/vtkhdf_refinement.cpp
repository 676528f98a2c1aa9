#include <cmath>
#include <utility>

#include "paraview/side_file.hpp"
#include "paraview/vtkhdf_file.hpp"

/// \file
/// One step of a refinement in VTK's HDF5 format (OverlappingAMR): views of its rows. VTK 9.3 knows no steps of these.

namespace tessera::paraview {

namespace {

/// The rows of the step.
hdf5::ReferenceFile::Mosaic view_of(const std::string& name, DataType type, const std::string& target,
                                    const SceneRows& rows, std::int64_t components, const Index& stored) {
  hdf5::ReferenceFile::Mosaic view{VtkhdfFile::path(name), type, {rows.count}, {}};
  hdf5::ReferenceFile::Mosaic::Tile tile{target,      {rows.begin + rows.count}, {rows.begin}, {rows.count}, {0},
                                         {rows.count}};
  if (components > 1) view.shape.push_back(components);
  add_components(tile, components, stored);
  view.tiles.push_back(std::move(tile));
  return view;
}

}  // namespace

bool has_one_ratio(const SceneRefinement& refinement) {
  for (std::size_t level = 1; level < refinement.levels.size(); ++level) {
    const auto& coarse = refinement.levels[level - 1].spacing;
    const auto& fine = refinement.levels[level].spacing;
    if (fine.size() != coarse.size()) return false;  // of a damaged file
    for (std::size_t axis = 1; axis < fine.size(); ++axis) {
      if (std::round(coarse[axis] / fine[axis]) != std::round(coarse[0] / fine[0])) return false;
    }
  }
  return true;
}

void add_refinement(VtkhdfFile& out, const Scene& scene) {
  const SceneRefinement& all = *scene.refinement;
  out.add_root("OverlappingAMR", {2, 0});
  out.set(VtkhdfFile::root, "creator", side_file_mark(out.file.other));
  out.set(VtkhdfFile::root, "GridDescription", "XYZ");
  out.set(VtkhdfFile::root, "Origin", all.origin);
  for (std::size_t number = 0; number < all.levels.size(); ++number) {
    const SceneLevel& level = all.levels[number];
    const std::string name = "Level" + std::to_string(number);
    out.add_group(name);
    out.set(VtkhdfFile::path(name), "Spacing", level.spacing);
    // Without the other two the reader prints errors.
    for (const char* group : {"/PointData", "/CellData", "/FieldData"}) out.add_group(name + group);
    out.file.mosaics.push_back(view_of(name + "/AMRBox", DataType::int64, level.box, level.boxes, 6, {6}));
    for (const SceneArray& array : level.arrays) {
      out.file.mosaics.push_back(view_of(name + "/CellData/" + array.name, array.type, array.path, level.cells,
                                         array.components, array.stored_components()));
    }
  }
}

}  // namespace tessera::paraview
