#include <algorithm>

#include "paraview/side_file.hpp"
#include "paraview/vtkhdf_file.hpp"

/// \file
/// Meshes in VTK's HDF5 format: points, cells and arrays of all epochs lie one after the other, and each step says
/// where its own begin. What stays is there once. A mesh is one part: VTK's connectivity counts the nodes of a part,
/// and the study's those of the mesh.

namespace tessera::paraview {

namespace {

using Mosaic = hdf5::ReferenceFile::Mosaic;

/// Sums of the numbers before each one, and of all.
std::vector<std::int64_t> begins_of(const std::vector<std::int64_t>& numbers) {
  std::vector<std::int64_t> begins(1, 0);
  for (const std::int64_t number : numbers) begins.push_back(begins.back() + number);
  return begins;
}

class MeshBuilder {
 public:
  MeshBuilder(VtkhdfFile& out, const Scene& scene) : out_(out), scene_(scene), epochs_(scene.epochs) {
    if (epochs_.empty()) epochs_.push_back({*scene.mesh, 0, scene.steps});
  }

  void build() {
    out_.add_root("UnstructuredGrid", {has_steps(scene_) ? 2 : 1, 0});
    out_.set(VtkhdfFile::root, "creator", side_file_mark(out_.file.other));
    add_counts();
    add_points();
    add_cells();
    out_.begin_arrays(scene_);
    if (has_steps(scene_)) add_steps();
    for (const SceneArray& array : scene_.arrays) add(array);
  }

 private:
  static std::string path(const std::string& member) { return VtkhdfFile::path(member); }
  bool changes() const { return epochs_.size() > 1; }

  template <class Number>
  std::vector<std::int64_t> of_epochs(const Number& number) const {
    std::vector<std::int64_t> numbers;
    for (const SceneEpoch& epoch : epochs_) numbers.push_back(number(epoch));
    return numbers;
  }
  /// Of each step. \param distance from a step to the next one in the same epoch
  template <class Distance>
  std::vector<std::int64_t> of_steps(const std::vector<std::int64_t>& begins, const Distance& distance) const {
    std::vector<std::int64_t> offsets;
    for (std::size_t number = 0; number < epochs_.size(); ++number) {
      for (std::int64_t step = 0; step < epochs_[number].steps(); ++step)
        offsets.push_back(begins[number] + step * distance(number));
    }
    return offsets;
  }
  static std::int64_t none(std::size_t) { return 0; }

  void add_counts() {
    out_.add_numbers(path("NumberOfPoints"), of_epochs([](const SceneEpoch& one) { return one.mesh.nodes; }));
    out_.add_numbers(path("NumberOfCells"), of_epochs([](const SceneEpoch& one) { return one.mesh.cells; }));
    out_.add_numbers(path("NumberOfConnectivityIds"),
                     of_epochs([](const SceneEpoch& one) { return one.mesh.connectivity; }));
  }

  static std::int64_t points_of(const SceneEpoch& epoch) {
    return epoch.mesh.position.empty() ? epoch.mesh.nodes : epoch.steps() * epoch.mesh.nodes;
  }

  void add_points() {
    const auto begins = begins_of(of_epochs(points_of));
    const bool is_single = std::ranges::all_of(epochs_, [](const SceneEpoch& epoch) {
      return !epoch.mesh.position.empty() && epoch.mesh.position_type == DataType::float32;
    });
    Mosaic points{path("Points"), is_single ? DataType::float32 : DataType::float64, {begins.back(), 3}, {}};
    for (std::size_t number = 0; number < epochs_.size(); ++number) {
      const SceneEpoch& epoch = epochs_[number];
      epoch.mesh.position.empty() ? add_nodes(points, epoch, begins[number])
                                  : add_moving_nodes(points, epoch, begins[number]);
    }
    out_.file.mosaics.push_back(std::move(points));
  }

  static void add_nodes(Mosaic& points, const SceneEpoch& epoch, std::int64_t begin) {
    const std::int64_t nodes = epoch.mesh.nodes;
    std::int64_t column = 0;
    for (const std::string& coordinate : epoch.mesh.coordinates)
      points.tiles.push_back({coordinate, {nodes}, {0}, {nodes}, {begin, column++}, {nodes, 1}});
  }

  void add_moving_nodes(Mosaic& points, const SceneEpoch& epoch, std::int64_t begin) const {
    const std::int64_t nodes = epoch.mesh.nodes;
    const auto dimensions = std::ssize(epoch.mesh.coordinates);
    points.tiles.push_back({epoch.mesh.position,
                            {scene_.steps, nodes, dimensions},
                            {epoch.begin, 0, 0},
                            {epoch.steps(), nodes, dimensions},
                            {begin, 0},
                            {epoch.steps() * nodes, dimensions}});
  }

  /// A dataset of one axis, of all epochs. \param shape of an epoch's own one
  template <class Path, class Shape>
  void add_flat(const char* name, DataType type, const Path& target, const Shape& shape) {
    const auto volume = [&](const SceneEpoch& epoch) {
      std::int64_t count = 1;
      for (const std::int64_t extent : shape(epoch)) count *= extent;
      return count;
    };
    const auto begins = begins_of(of_epochs(volume));
    if (!changes() && shape(epochs_[0]).size() == 1) {
      out_.file.links.push_back({path(name), target(epochs_[0])});
      return;
    }
    Mosaic flat{path(name), type, {begins.back()}, {}};
    for (std::size_t number = 0; number < epochs_.size(); ++number) {
      const Index extents = shape(epochs_[number]);
      flat.tiles.push_back({target(epochs_[number]),
                            extents,
                            Index::filled(extents.size(), 0),
                            extents,
                            {begins[number]},
                            {begins[number + 1] - begins[number]}});
    }
    out_.file.mosaics.push_back(std::move(flat));
  }

  void add_cells() {
    const auto cells = [](const SceneEpoch& epoch) { return Index{epoch.mesh.cells}; };
    const auto ends = [](const SceneEpoch& epoch) { return Index{epoch.mesh.cells + 1}; };
    const auto list = [](const SceneEpoch& epoch) {
      const SceneMesh& mesh = epoch.mesh;
      return mesh.nodes_of_a_cell == 0 ? Index{mesh.connectivity} : Index{mesh.cells, mesh.nodes_of_a_cell};
    };
    add_flat(
        "Offsets", DataType::int64, [](const auto& epoch) { return epoch.mesh.offsets; }, ends);
    add_flat(
        "Types", DataType::uint8, [](const auto& epoch) { return epoch.mesh.types; }, cells);
    add_flat(
        "Connectivity", DataType::int64, [](const auto& epoch) { return epoch.mesh.list; }, list);
  }

  void add_steps() {
    const auto begins = [&](auto&& number) { return begins_of(of_epochs(number)); };
    const auto add = [&](const char* name, const std::vector<std::int64_t>& offsets) {
      out_.add_offsets(path(std::string("Steps/") + name), offsets);
    };
    add("PartOffsets", of_steps(begins([](const SceneEpoch&) { return 1; }), none));
    add("PointOffsets", of_steps(begins(points_of), [&](std::size_t number) {
          return epochs_[number].mesh.position.empty() ? 0 : epochs_[number].mesh.nodes;
        }));
    add("CellOffsets", of_steps(begins([](const SceneEpoch& one) { return one.mesh.cells; }), none));
    add("ConnectivityIdOffsets", of_steps(begins([](const SceneEpoch& one) { return one.mesh.connectivity; }), none));
    add("NumberOfParts", std::vector<std::int64_t>(static_cast<std::size_t>(scene_.steps), 1));
  }

  /// Steps lie one after the other along one axis.
  void add(const SceneArray& array) {
    auto parts = array.parts;
    if (parts.empty()) parts.emplace_back(array.path, array.shape[0]);
    if (!array.time_dependent && !changes() && array.tensor.empty()) {
      out_.file.links.push_back({array_path(array), array.path});
      if (has_steps(scene_)) out_.add_offsets(offsets_path(array), VtkhdfFile::multiples(scene_.steps, 0));
      return;
    }
    std::vector<std::int64_t> rows;
    for (std::size_t number = 0; number < epochs_.size(); ++number)
      rows.push_back(parts[number].second * (array.time_dependent ? epochs_[number].steps() : 1));
    const auto begins = begins_of(rows);
    Mosaic values{array_path(array), array.type, {begins.back()}, {}};
    if (array.components > 1) values.shape.push_back(array.components);
    for (std::size_t number = 0; number < epochs_.size(); ++number) {
      const auto& [target, extent] = parts[number];
      Mosaic::Tile tile{target, {extent}, {0}, {extent}, {begins[number]}, {rows[number]}};
      if (array.time_dependent) {
        tile.target_shape = {scene_.steps, extent};
        tile.from = {epochs_[number].begin, 0};
        tile.count = {epochs_[number].steps(), extent};
      }
      add_components(tile, array.components, array.stored_components());
      values.tiles.push_back(std::move(tile));
    }
    out_.file.mosaics.push_back(std::move(values));
    if (!has_steps(scene_)) return;
    out_.add_offsets(offsets_path(array), of_steps(begins, [&](std::size_t number) {
                       return array.time_dependent ? parts[number].second : 0;
                     }));
  }

  VtkhdfFile& out_;
  const Scene& scene_;
  std::vector<SceneEpoch> epochs_;
};

}  // namespace

void add_mesh(VtkhdfFile& out, const Scene& scene) { MeshBuilder(out, scene).build(); }

}  // namespace tessera::paraview
