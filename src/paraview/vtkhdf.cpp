#include "paraview/vtkhdf.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "paraview/side_file.hpp"

/// \file
/// What VTK 9.1 to 9.4 need, and why, by trying (docs/paraview.md has the versions):
///
/// * `NSteps` = 1 is read as a file without time, and (1, z, y, x) then as another shape: with one step the arrays are
///   views of it, and there are no `Steps`.
/// * An array without time beside `Steps` is a view of shape (1, z, y, x) whose offsets are 0 in all steps.
/// * Axes of one point are left out of arrays, the first ones (z, then y) whatever axes they are.
/// * `Values` has exactly `NSteps` values, or VTK 9.3 crashes: a view of as many, since `time` grows.
/// * The field data of a step is found by its offset alone.
/// * Arrays of meshes have all steps one after the other along their first axis, and offsets to each.
/// * VTK 9.1 and 9.2 read version 1.0 alone, without time. Arrays of cells are an error there, and of fewer than three
///   axes the end of the program: files with any of these say version 2.0, of which they warn.

namespace tessera::paraview {

namespace {

using schema::CreateDataset;
using schema::CreateGroup;
using schema::SetAttribute;

std::size_t thin_axes(const Scene& scene) {
  const auto wide = std::ranges::find_if(scene.axes, [](const SceneAxis& axis) { return axis.points > 1; });
  return static_cast<std::size_t>(wide - scene.axes.begin());
}

/// Builds the file, part by part.
class Builder {
 public:
  Builder(const Scene& scene, const std::string& study) : scene_(scene), thin_(thin_axes(scene)) {
    file_.other = study;
  }

  hdf5::ReferenceFile build() {
    scene_.mesh ? add_mesh(*scene_.mesh) : add_grid();
    for (const char* name : {"PointData", "CellData", "FieldData"}) add_group(name);
    if (has_steps()) add_steps();
    for (const SceneArray& array : scene_.arrays) add(array);
    for (const SceneSeries& series : scene_.series) add(series);
    return std::move(file_);
  }

 private:
  bool has_steps() const { return scene_.steps > 1; }
  bool is_for_all_versions() const {
    const auto at_points = [](const SceneArray& array) { return array.location == Location::point; };
    if (scene_.mesh) return !has_steps();
    return !has_steps() && thin_ == 0 && scene_.axes.size() == 3 && std::ranges::all_of(scene_.arrays, at_points);
  }

  static std::string path(const std::string& member) { return "/VTKHDF/" + member; }
  void add_group(const std::string& name) { file_.own.push_back(CreateGroup{path(name)}); }
  void set(const std::string& owner, const char* name, AttributeValue value) {
    file_.own.push_back(SetAttribute{owner, name, std::move(value), schema::TextForm::ascii});
  }

  void add_root(const char* type) {
    file_.own.push_back(CreateGroup{root});
    set(root, "Version", std::vector<std::int64_t>{is_for_all_versions() ? 1 : 2, 0});
    set(root, "Type", type);
  }

  /// One part, whatever the ranks had.
  void add_mesh(const SceneMesh& mesh) {
    add_root("UnstructuredGrid");
    set(root, "creator", side_file_mark(file_.other));
    add_number("NumberOfPoints", mesh.nodes);
    add_number("NumberOfCells", mesh.cells);
    add_number("NumberOfConnectivityIds", mesh.connectivity);
    file_.columns.push_back({path("Points"), DataType::float64, mesh.nodes, 3, mesh.coordinates});
    file_.links.push_back({path("Offsets"), mesh.offsets});
    file_.links.push_back({path("Types"), mesh.types});
    if (mesh.nodes_of_a_cell == 0) {
      file_.links.push_back({path("Connectivity"), mesh.list});
    } else {
      const Index table{mesh.cells, mesh.nodes_of_a_cell};
      file_.views.push_back({path("Connectivity"), DataType::int64, {mesh.connectivity}, mesh.list, table, table});
    }
  }

  void add_number(const char* name, std::int64_t number) {
    file_.own.push_back(CreateDataset{path(name), DataType::int64, {1}, false, {}, Codec::none(), {}});
    file_.own.push_back(schema::WriteValues{path(name), 0, {static_cast<double>(number)}});
  }

  /// The mesh stays: every step begins at its first node and cell.
  void add_steps_of_mesh() {
    for (const char* name : {"PartOffsets", "PointOffsets", "CellOffsets", "ConnectivityIdOffsets"})
      add_offsets(path(std::string("Steps/") + name), 0);
    const std::string parts = path("Steps/NumberOfParts");
    file_.own.push_back(CreateDataset{parts, DataType::int64, {scene_.steps}, false, {}, Codec::none(), {}});
    const std::vector<double> ones(static_cast<std::size_t>(scene_.steps), 1.0);
    file_.own.push_back(schema::WriteValues{parts, 0, ones});
  }

  /// VTK's axes are x, y, z.
  void add_grid() {
    add_root("ImageData");
    std::vector<std::int64_t> extent;
    std::vector<double> origin(3, 0);
    std::vector<double> spacing(3, 1);
    for (std::size_t i = 0; i < 3; ++i) {
      const SceneAxis axis = i < scene_.axes.size() ? scene_.axes[scene_.axes.size() - 1 - i] : SceneAxis{};
      extent.insert(extent.end(), {0, axis.points - 1});
      origin[i] = axis.origin;
      spacing[i] = axis.spacing;
    }
    set(root, "WholeExtent", extent);
    set(root, "Origin", origin);
    set(root, "Spacing", spacing);
    set(root, "Direction", std::vector<double>{1, 0, 0, 0, 1, 0, 0, 0, 1});
    set(root, "creator", side_file_mark(file_.other));
  }

  void add_steps() {
    add_group("Steps");
    set(path("Steps"), "NSteps", scene_.steps);
    const Index all{scene_.steps};
    file_.views.push_back({path("Steps/Values"), DataType::float64, all, schema::join(scene_.path, "time"), all, all});
    for (const char* name : {"PointDataOffsets", "CellDataOffsets", "FieldDataOffsets"})
      add_group(std::string("Steps/") + name);
    if (scene_.mesh) add_steps_of_mesh();
  }

  void add(const SceneArray& array) {
    const bool at_points = array.location == Location::point;
    const std::string target = path((at_points ? "PointData/" : "CellData/") + array.name);
    if (has_steps() && (!array.time_dependent || scene_.mesh)) {
      add_offsets(path((at_points ? "Steps/PointDataOffsets/" : "Steps/CellDataOffsets/") + array.name),
                  array.time_dependent ? array.shape[0] : 0);
    }
    if (scene_.mesh) {
      add_of_mesh(array, target);
    } else if (thin_ == 0 && array.time_dependent == has_steps()) {
      file_.links.push_back({target, array.path});
    } else {
      file_.views.push_back(view_of(array, target));
    }
  }

  /// Steps lie one after the other along one axis.
  void add_of_mesh(const SceneArray& array, const std::string& target) {
    if (!array.time_dependent) {
      file_.links.push_back({target, array.path});
      return;
    }
    hdf5::ReferenceFile::View view{target, array.type, {}, array.path, {}, {}};
    view.count = {scene_.steps, array.shape[0]};
    view.shape = {scene_.steps * array.shape[0]};
    if (array.components > 1) {
      view.count.push_back(array.components);
      view.shape.push_back(array.components);
    }
    view.target_shape = view.count;
    file_.views.push_back(std::move(view));
  }

  hdf5::ReferenceFile::View view_of(const SceneArray& array, const std::string& target) const {
    hdf5::ReferenceFile::View view{target, array.type, {}, array.path, {}, {}};
    if (array.time_dependent) {
      view.target_shape.push_back(scene_.steps);
      view.count.push_back(scene_.steps);
    }
    if (has_steps()) view.shape.push_back(array.time_dependent ? scene_.steps : 1);
    for (std::size_t i = 0; i < array.shape.size(); ++i) {
      view.target_shape.push_back(array.shape[i]);
      view.count.push_back(array.shape[i]);
      if (i >= thin_) view.shape.push_back(array.shape[i]);
    }
    if (array.components > 1) {
      for (Index* index : {&view.shape, &view.target_shape, &view.count}) index->push_back(array.components);
    }
    return view;
  }

  void add(const SceneSeries& series) {
    file_.links.push_back({path("FieldData/" + series.name), series.path});
    if (has_steps()) add_offsets(path("Steps/FieldDataOffsets/" + series.name), 1);
  }

  /// Which element of an array a step shows: in each step `distance` further, once for all arrays with that. Of those
  /// that are 0 nothing is written, since that is what is not written reads.
  void add_offsets(const std::string& path, std::int64_t distance) {
    std::string& first = offsets_[distance];
    if (!first.empty()) {
      file_.aliases.push_back({path, first});
      return;
    }
    first = path;
    file_.own.push_back(CreateDataset{path, DataType::int64, {scene_.steps}, false, {}, Codec::none(), {}});
    if (distance == 0) return;
    std::vector<double> numbers(static_cast<std::size_t>(scene_.steps));
    for (std::size_t i = 0; i < numbers.size(); ++i)
      numbers[i] = static_cast<double>(i) * static_cast<double>(distance);
    file_.own.push_back(schema::WriteValues{path, 0, std::move(numbers)});
  }

  static constexpr const char* root = "/VTKHDF";
  const Scene& scene_;
  std::size_t thin_;  ///< axes of one point before the others
  hdf5::ReferenceFile file_;
  std::map<std::int64_t, std::string> offsets_;  ///< where they are, by their distance
};

}  // namespace

std::string vtkhdf_obstacle(const Scene& scene) {
  if (scene.mesh) return {};
  if (scene.table)
    return "it is a table, for whose points VTK's reader of .vtkhdf wants cells; the .xmf side file shows it";
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

hdf5::ReferenceFile vtkhdf_of(const Scene& scene, const std::string& study) { return Builder(scene, study).build(); }

}  // namespace tessera::paraview
