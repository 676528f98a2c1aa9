#include <algorithm>

#include "paraview/side_file.hpp"
#include "paraview/vtkhdf_file.hpp"

/// \file
/// Meshes in VTK's HDF5 format: points, cells and arrays of all epochs lie one after the other, and each step says
/// where its own begin. What stays is there once. In a step parts lie one after the other, too: their nodes are those
/// of the study, some of them more than once, their cells follow each other there as here. VTK's connectivity counts
/// the nodes of a part, and the study's those of the mesh: where there are several parts the file has its own.

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
    for (SceneEpoch& epoch : epochs_) {
      is_divided_ = is_divided_ || epoch.mesh.parts.size() > 1;
      if (epoch.mesh.parts.empty()) epoch.mesh.parts.push_back(whole(epoch.mesh));
    }
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
    const auto add = [&](const char* name, std::int64_t ScenePart::*count) {
      std::vector<std::int64_t> numbers;
      for (const SceneEpoch& epoch : epochs_) {
        for (const ScenePart& part : epoch.mesh.parts) numbers.push_back(part.*count);
      }
      out_.add_numbers(path(name), numbers);
    };
    add("NumberOfPoints", &ScenePart::nodes);
    add("NumberOfCells", &ScenePart::cells);
    add("NumberOfConnectivityIds", &ScenePart::connectivity);
  }

  static std::int64_t points_of(const SceneEpoch& epoch) {
    return epoch.mesh.position.empty() ? nodes_of_parts(epoch.mesh) : epoch.steps() * nodes_of_parts(epoch.mesh);
  }

  void add_points() {
    const auto begins = begins_of(of_epochs(points_of));
    const bool is_single = std::ranges::all_of(epochs_, [](const SceneEpoch& epoch) {
      return !epoch.mesh.position.empty() && epoch.mesh.position_type == DataType::float32;
    });
    Mosaic points{path("Points"), is_single ? DataType::float32 : DataType::float64, {begins.back(), 3}, {}};
    for (std::size_t number = 0; number < epochs_.size(); ++number) {
      const SceneEpoch& epoch = epochs_[number];
      const SceneMesh& mesh = epoch.mesh;
      const std::int64_t axes = std::ssize(mesh.coordinates);
      mesh.position.empty()
          ? add_nodes(points, epoch, begins[number])
          : add_nodes_in_steps(out_, points, epoch, {mesh.position, mesh.position_type, scene_.steps, axes, {axes}},
                               begins[number]);
    }
    out_.file.mosaics.push_back(std::move(points));
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
    if (!is_divided_) {
      add_flat(
          "Offsets", DataType::int64, [](const auto& epoch) { return epoch.mesh.offsets; }, ends);
    }
    add_flat(
        "Types", DataType::uint8, [](const auto& epoch) { return epoch.mesh.types; }, cells);
    if (is_divided_) return add_cells_of_parts(out_, path("Offsets"), path("Connectivity"), epochs_, scene_.read_rows);
    add_flat(
        "Connectivity", DataType::int64, [](const auto& epoch) { return epoch.mesh.list; }, list);
  }

  void add_steps() {
    const auto begins = [&](auto&& number) { return begins_of(of_epochs(number)); };
    const auto add = [&](const char* name, const std::vector<std::int64_t>& offsets) {
      out_.add_offsets(path(std::string("Steps/") + name), offsets);
    };
    const auto parts = [](const SceneEpoch& one) { return std::ssize(one.mesh.parts); };
    add("PartOffsets", of_steps(begins(parts), none));
    add("PointOffsets", of_steps(begins(points_of), [&](std::size_t number) {
          return epochs_[number].mesh.position.empty() ? 0 : nodes_of_parts(epochs_[number].mesh);
        }));
    add("CellOffsets", of_steps(begins([](const SceneEpoch& one) { return one.mesh.cells; }), none));
    add("ConnectivityIdOffsets", of_steps(begins([](const SceneEpoch& one) { return one.mesh.connectivity; }), none));
    std::vector<std::int64_t> numbers;
    for (const SceneEpoch& epoch : epochs_)
      numbers.insert(numbers.end(), static_cast<std::size_t>(epoch.steps()), parts(epoch));
    add("NumberOfParts", numbers);
  }

  /// Steps lie one after the other along one axis.
  void add(const SceneArray& array) {
    const bool is_on_nodes = array.location == Location::point;
    if (!array.time_dependent && !changes() && array.tensor.empty() && !(is_on_nodes && is_divided_)) {
      out_.file.links.push_back({array_path(array), array.path});
      if (has_steps(scene_)) out_.add_offsets(offsets_path(array), VtkhdfFile::multiples(scene_.steps, 0));
      return;
    }
    const auto rows = [&](const SceneEpoch& epoch) {
      return is_on_nodes ? nodes_of_parts(epoch.mesh) : epoch.mesh.cells;
    };
    const auto begins = begins_of(
        of_epochs([&](const SceneEpoch& epoch) { return rows(epoch) * (array.time_dependent ? epoch.steps() : 1); }));
    Mosaic values{array_path(array), array.type, {begins.back()}, {}};
    if (array.components > 1) values.shape.push_back(array.components);
    for (std::size_t number = 0; number < epochs_.size(); ++number) {
      const SceneEpoch& epoch = epochs_[number];
      const std::string& target = array.parts.empty() ? array.path : array.parts[number].first;
      if (is_on_nodes && array.time_dependent) {
        add_nodes_in_steps(out_, values, epoch,
                           {target, array.type, scene_.steps, array.components, array.stored_components()},
                           begins[number]);
        continue;
      }
      std::int64_t begin = begins[number];
      const auto add_rows = [&](std::int64_t first, std::int64_t count) {
        values.tiles.push_back(tile_of(array, epoch, target, {first, count, begin}));
        begin += count;
      };
      if (is_on_nodes) {
        for (const ScenePart& part : epoch.mesh.parts) add_rows(part.first_node, part.nodes);
      } else {
        add_rows(0, epoch.mesh.cells);  // as they follow each other in the study
      }
    }
    out_.file.mosaics.push_back(std::move(values));
    if (!has_steps(scene_)) return;
    out_.add_offsets(offsets_path(array), of_steps(begins, [&](std::size_t number) {
                       return array.time_dependent ? rows(epochs_[number]) : 0;
                     }));
  }

  /// Rows of a field that follow each other in each step.
  struct Rows {
    std::int64_t first = 0;
    std::int64_t count = 0;
    std::int64_t at = 0;  ///< here, in the epoch's first step
  };

  Mosaic::Tile tile_of(const SceneArray& array, const SceneEpoch& epoch, const std::string& target,
                       const Rows& rows) const {
    const std::int64_t extent = array.location == Location::point ? epoch.mesh.nodes : epoch.mesh.cells;
    Mosaic::Tile tile{target, {extent}, {rows.first}, {rows.count}, {rows.at}, {rows.count}};
    if (array.time_dependent) {
      tile.target_shape = {scene_.steps, extent};
      tile.from = {epoch.begin, rows.first};
      tile.count = {epoch.steps(), rows.count};
      tile.shape = {epoch.steps() * rows.count};
    }
    add_components(tile, array.components, array.stored_components());
    return tile;
  }

  VtkhdfFile& out_;
  const Scene& scene_;
  std::vector<SceneEpoch> epochs_;  ///< each with its parts
  bool is_divided_ = false;
};

}  // namespace

void add_mesh(VtkhdfFile& out, const Scene& scene) { MeshBuilder(out, scene).build(); }

}  // namespace tessera::paraview
