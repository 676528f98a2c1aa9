#include "paraview/mesh_cells.hpp"

#include <algorithm>

#include <tessera/error.hpp>

#include "base/text.hpp"

namespace tessera::paraview {

namespace {

[[noreturn]] void fail(const SceneMesh& mesh, const std::string& what) {
  throw Error(ErrorCode::hdf5, "mesh " + in_quotes(mesh.name) + ": " + what +
                                   ", so the file is damaged (\"tessera verify\" looks at all of it)");
}

}  // namespace

std::vector<std::int64_t> read_offsets(const SceneMesh& mesh, const ReadRows& read, std::int64_t begin,
                                       std::int64_t cells) {
  std::vector<std::int64_t> offsets(static_cast<std::size_t>(cells) + 1);
  if (mesh.nodes_of_a_cell > 0) {
    for (std::int64_t& offset : offsets) offset = mesh.nodes_of_a_cell * begin++;
    return offsets;
  }
  read(mesh.offsets, begin, cells + 1, offsets);
  const bool fits = std::ranges::is_sorted(offsets) && offsets.front() >= 0 && offsets.back() <= mesh.connectivity;
  if (!fits) fail(mesh, in_quotes(mesh.offsets) + " does not ascend, or goes beyond " + in_quotes(mesh.list));
  return offsets;
}

MeshCells read_cells(const SceneMesh& mesh, const ReadRows& read, std::int64_t begin, std::int64_t cells) {
  MeshCells result{read_offsets(mesh, read, begin, cells), {}};
  const std::int64_t first = result.offsets.front();
  const std::int64_t count = result.offsets.back() - first;
  result.nodes.resize(static_cast<std::size_t>(count));
  mesh.nodes_of_a_cell > 0 ? read(mesh.list, begin, cells, result.nodes) : read(mesh.list, first, count, result.nodes);
  const auto wrong = std::ranges::find_if(result.nodes, [&](std::int64_t n) { return n < 0 || n >= mesh.nodes; });
  if (wrong != result.nodes.end()) {
    fail(mesh, in_quotes(mesh.list) + " has node " + std::to_string(*wrong) + ", and the mesh has " +
                   std::to_string(mesh.nodes));
  }
  return result;
}

}  // namespace tessera::paraview
