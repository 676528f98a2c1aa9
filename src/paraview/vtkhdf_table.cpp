#include <algorithm>

#include "paraview/side_file.hpp"
#include "paraview/vtkhdf_file.hpp"

/// \file
/// Tables in VTK's HDF5 format: PolyData. Points and columns are the study's own datasets, and each step says where its
/// rows begin. VTK shows points that are in a cell: the rows of a part are one cell, a poly-vertex of the numbers from
/// 0 on, which are there once, for the largest part. A step of many rows has several parts, and each counts its own
/// points.
///
/// Where the offsets of a part's cells begin VTK 9.3 works out from the parts before it in the file, later versions
/// from the cells before it: these are as many. So steps without rows have a part without a cell in common, the last
/// one.

namespace tessera::paraview {

namespace {

using Mosaic = hdf5::ReferenceFile::Mosaic;

/// Of a part; VTK's readers in parallel share parts.
constexpr std::int64_t most_rows = std::int64_t{1} << 17;
constexpr const char* numbers_path = "/numbers";  // outside of what VTK looks at

class TableBuilder {
 public:
  TableBuilder(VtkhdfFile& out, const Scene& scene) : out_(out), scene_(scene), table_(*scene.table) {
    for (const std::int64_t count : table_.rows.counts) {
      part_offsets_.push_back(std::ssize(parts_));
      for (std::int64_t left = count; left > 0; left -= most_rows) parts_.push_back(std::min(left, most_rows));
      numbers_of_parts_.push_back(std::max<std::int64_t>(1, std::ssize(parts_) - part_offsets_.back()));
    }
    cells_.assign(parts_.size(), 1);
    if (std::ranges::find(table_.rows.counts, 0) == table_.rows.counts.end()) return;
    for (std::size_t step = 0; step < part_offsets_.size(); ++step) {
      if (table_.rows.counts[step] == 0) part_offsets_[step] = std::ssize(parts_);
    }
    parts_.push_back(0);
    cells_.push_back(0);
  }

  void build() {
    out_.add_root("PolyData", {2, 0});
    out_.set(VtkhdfFile::root, "creator", side_file_mark(out_.file.other));
    out_.add_numbers(path("NumberOfPoints"), parts_);
    add_rows(path("Points"), table_.position, table_.type, 3, {3});
    add_vertices();
    add_nothing();
    out_.begin_arrays(scene_);
    for (const SceneArray& array : scene_.arrays) {
      add_rows(array_path(array), array.path, array.type, array.components, array.stored_components());
      if (has_steps(scene_)) out_.add_offsets(offsets_path(array), table_.rows.begins);
    }
    if (has_steps(scene_)) add_steps();
  }

 private:
  static std::string path(const std::string& member) { return VtkhdfFile::path(member); }
  void add_alias(const std::string& where, const std::string& of) { out_.file.aliases.push_back({where, of}); }

  /// With one step VTK reads from the first row on.
  void add_rows(const std::string& where, const std::string& column, DataType type, std::int64_t components,
                const Index& stored) {
    if (has_steps(scene_) && stored.size() < 2) {
      out_.file.links.push_back({where, column});
      return;
    }
    const std::int64_t begin = has_steps(scene_) ? 0 : table_.rows.begins[0];
    const std::int64_t count = has_steps(scene_) ? table_.length : table_.rows.counts[0];
    Mosaic::Tile tile{column, {table_.length}, {begin}, {count}, {0}, {count}};
    Mosaic rows{where, type, {count}, {}};
    if (components > 1) rows.shape.push_back(components);
    add_components(tile, components, stored);
    rows.tiles.push_back(std::move(tile));
    out_.file.mosaics.push_back(std::move(rows));
  }

  void add_vertices() {
    constexpr std::int64_t chunk = 1 << 16;
    const std::int64_t count = *std::ranges::max_element(parts_);
    out_.file.own.push_back(schema::CreateDataset{
        numbers_path, DataType::int64, {count}, false, {std::min(count, chunk)}, Codec::deflate(1), {}});
    out_.file.own.push_back(schema::WriteValues{numbers_path, 0, as_doubles(VtkhdfFile::multiples(count, 1))});
    out_.add_group("Vertices");
    out_.add_numbers(path("Vertices/NumberOfCells"), cells_);
    add_alias(path("Vertices/NumberOfConnectivityIds"), path("NumberOfPoints"));
    std::vector<std::int64_t> offsets;
    for (const std::int64_t rows : parts_) {
      offsets.push_back(0);
      if (rows > 0) offsets.push_back(rows);
    }
    out_.add_numbers(path("Vertices/Offsets"), offsets);
    add_connectivity(count);
  }

  static std::vector<double> as_doubles(const std::vector<std::int64_t>& numbers) {
    return {numbers.begin(), numbers.end()};
  }

  /// The numbers, for each part of the step with the most once more.
  void add_connectivity(std::int64_t numbers) {
    const std::string where = path("Vertices/Connectivity");
    const std::int64_t parts = *std::ranges::max_element(numbers_of_parts_);
    if (parts == 1) return add_alias(where, numbers_path);
    Mosaic all{where, DataType::int64, {parts * numbers}, {}};
    for (std::int64_t part = 0; part < parts; ++part)
      all.tiles.push_back({numbers_path, {numbers}, {0}, {numbers}, {part * numbers}, {numbers}, true});
    out_.file.mosaics.push_back(std::move(all));
  }

  /// Kinds of cells that no part has any of.
  void add_nothing() {
    out_.add_group("Lines");
    const std::string zeros = path("Lines/NumberOfCells");
    out_.add_numbers(zeros, std::vector<std::int64_t>(parts_.size(), 0));
    add_alias(path("Lines/NumberOfConnectivityIds"), zeros);
    add_alias(path("Lines/Offsets"), zeros);
    out_.add_numbers(path("Lines/Connectivity"), {});
    for (const char* name : {"Polygons", "Strips"}) add_alias(path(name), path("Lines"));
  }

  void add_steps() {
    out_.add_offsets(path("Steps/PartOffsets"), part_offsets_);
    out_.add_offsets(path("Steps/NumberOfParts"), numbers_of_parts_);
    out_.add_offsets(path("Steps/PointOffsets"), table_.rows.begins);
    // Of vertices, lines, polygons, strips.
    constexpr std::int64_t kinds = 4;
    std::vector<double> cells;
    for (const std::int64_t before : part_offsets_) cells.insert(cells.end(), {static_cast<double>(before), 0, 0, 0});
    for (const char* name : {"Steps/CellOffsets", "Steps/ConnectivityIdOffsets"}) {
      out_.file.own.push_back(
          schema::CreateDataset{path(name), DataType::int64, {scene_.steps, kinds}, false, {}, Codec::none(), {}});
    }
    out_.file.own.push_back(schema::WriteValues{path("Steps/CellOffsets"), 0, std::move(cells), kinds});
  }

  VtkhdfFile& out_;
  const Scene& scene_;
  const SceneTable& table_;
  std::vector<std::int64_t> parts_;             ///< their rows
  std::vector<std::int64_t> cells_;             ///< theirs
  std::vector<std::int64_t> part_offsets_;      ///< by steps
  std::vector<std::int64_t> numbers_of_parts_;  ///< by steps
};

}  // namespace

void add_table(VtkhdfFile& out, const Scene& scene) { TableBuilder(out, scene).build(); }

}  // namespace tessera::paraview
