#include <algorithm>
#include <limits>
#include <utility>

#include "paraview/mesh_cells.hpp"
#include "paraview/vtkhdf_file.hpp"

/// \file
/// Parts of meshes: the rows that the study has of their nodes, and what a side file has of its own where there are
/// several: cells whose nodes are numbered in their part. These go through memory some at a time; compressed, most of
/// each number costs nothing.

namespace tessera::paraview {

namespace {

using Mosaic = hdf5::ReferenceFile::Mosaic;
using Write = hdf5::ReferenceFile::Stream::Write;

/// Some cells of a part that follow each other.
struct Cells {
  const SceneMesh& mesh;
  const ScenePart& part;
  std::int64_t begin;  ///< in the part
  std::int64_t count;

  std::int64_t first() const noexcept { return part.first_cell + begin; }
  bool are_last() const noexcept { return begin + count == part.cells; }
};

void write_offsets(const Cells& cells, const ReadRows& read, const Write& write) {
  std::vector<std::int64_t> begins = read_offsets(cells.mesh, read, cells.first(), cells.count);
  for (std::int64_t& begin : begins) begin -= cells.part.first_connectivity;
  if (!cells.are_last()) begins.pop_back();
  write(begins);
}

void write_nodes(const Cells& cells, const ReadRows& read, const Write& write) {
  std::vector<std::int64_t> nodes = read_cells(cells.mesh, read, cells.first(), cells.count).nodes;
  for (std::int64_t& node : nodes) node -= cells.part.first_node;
  write(nodes);
}

/// Writes all cells of all parts by one of the two.
template <class WriteCells>
auto producer(const std::vector<SceneEpoch>& epochs, const ReadRows& read, WriteCells write_cells) {
  return [epochs, read, write_cells](const Write& write) {
    for (const SceneEpoch& epoch : epochs) {
      for (const ScenePart& part : epoch.mesh.parts) {
        std::int64_t begin = 0;
        do {
          const std::int64_t count = std::min(cells_at_once, part.cells - begin);
          write_cells(Cells{epoch.mesh, part, begin, count}, read, write);
          begin += count;
        } while (begin < part.cells);
      }
    }
  };
}

/// VTK wants both as integers of one type.
DataType type_for(const std::vector<SceneEpoch>& epochs) {
  std::int64_t most = 0;
  for (const SceneEpoch& epoch : epochs) {
    for (const ScenePart& part : epoch.mesh.parts) most = std::max({most, part.nodes, part.connectivity});
  }
  return most > std::numeric_limits<std::int32_t>::max() ? DataType::int64 : DataType::int32;
}

}  // namespace

std::int64_t nodes_of_parts(const SceneMesh& mesh) {
  std::int64_t nodes = 0;
  for (const ScenePart& part : mesh.parts) nodes += part.nodes;
  return nodes;
}

void add_nodes(Mosaic& points, const SceneEpoch& epoch, std::int64_t begin) {
  for (const ScenePart& part : epoch.mesh.parts) {
    std::int64_t column = 0;
    for (const std::string& coordinate : epoch.mesh.coordinates) {
      points.tiles.push_back(
          {coordinate, {epoch.mesh.nodes}, {part.first_node}, {part.nodes}, {begin, column++}, {part.nodes, 1}});
    }
    begin += part.nodes;
  }
}

void add_nodes_in_steps(VtkhdfFile& out, Mosaic& mosaic, const SceneEpoch& epoch, const NodeValues& values,
                        std::int64_t begin) {
  const std::int64_t steps = epoch.steps();
  const auto rows_of = [&](const ScenePart& part, Index at, Index shape) {
    Mosaic::Tile tile{values.path,
                      {values.steps, epoch.mesh.nodes},
                      {epoch.begin, part.first_node},
                      {steps, part.nodes},
                      std::move(at),
                      std::move(shape)};
    add_components(tile, values.components, values.stored_components);
    return tile;
  };
  if (epoch.mesh.parts.size() == 1) {
    mosaic.tiles.push_back(rows_of(epoch.mesh.parts.front(), {begin}, {steps * epoch.mesh.parts.front().nodes}));
    return;
  }
  // Rows of a part lie apart, step by step. HDF5 lists each of them, and takes long to open many, where they are along
  // one axis: so steps and nodes have an axis each, in a dataset that is shown along one.
  const std::int64_t nodes = nodes_of_parts(epoch.mesh);
  Mosaic table{out.add_hidden(), values.type, {steps, nodes}, {}};
  Mosaic::Tile all{table.path, {steps, nodes}, {0, 0}, {steps, nodes}, {begin}, {steps * nodes}, true};
  if (values.components > 1) {
    table.shape.push_back(values.components);
    add_components(all, values.components, {values.components});
  }
  std::int64_t at = 0;
  for (const ScenePart& part : epoch.mesh.parts) {
    table.tiles.push_back(rows_of(part, {0, at}, {steps, part.nodes}));
    at += part.nodes;
  }
  out.file.mosaics.push_back(std::move(table));
  mosaic.tiles.push_back(std::move(all));
}

void add_cells_of_parts(VtkhdfFile& out, const std::string& offsets, const std::string& connectivity,
                        const std::vector<SceneEpoch>& epochs, const ReadRows& read) {
  constexpr std::int64_t chunk = 1 << 16;
  std::int64_t ends = 0;
  std::int64_t nodes = 0;
  for (const SceneEpoch& epoch : epochs) {
    for (const ScenePart& part : epoch.mesh.parts) {
      ends += part.cells + 1;
      nodes += part.connectivity;
    }
  }
  const DataType type = type_for(epochs);
  const auto add = [&](const std::string& path, std::int64_t length) {
    out.file.own.push_back(schema::CreateDataset{
        path, type, {length}, false, {std::clamp<std::int64_t>(length, 1, chunk)}, Codec::deflate(1), {}});
  };
  add(offsets, ends);
  add(connectivity, nodes);
  out.file.streams.push_back({offsets, producer(epochs, read, write_offsets)});
  out.file.streams.push_back({connectivity, producer(epochs, read, write_nodes)});
}

}  // namespace tessera::paraview
