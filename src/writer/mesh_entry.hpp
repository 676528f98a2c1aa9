#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <tessera/box.hpp>

#include "comm/redistribution.hpp"
#include "schema/mesh.hpp"

namespace tessera::detail {

struct RunEntry;

/// What a handle of the nodes or the cells of a mesh stands for.
struct MeshSpaceEntry {
  const RunEntry* run = nullptr;
  std::shared_ptr<const schema::MeshDescription> mesh;
  Location location = Location::point;  ///< point: nodes
  schema::Axis axis;
  std::int64_t own = 0;              ///< how many this rank has
  Box stored;                        ///< this rank's part in the file, as large as what it stores; maybe empty
  std::vector<std::int64_t> begins;  ///< of all ranks' parts, then how many there are
  /// From the rank's own order into its part; nullptr where that is the same on every rank.
  std::shared_ptr<const comm::Redistribution> redistribution;
};

/// What a handle of a mesh stands for.
struct MeshEntry {
  std::shared_ptr<const MeshSpaceEntry> nodes;
  std::shared_ptr<const MeshSpaceEntry> cells;
};

}  // namespace tessera::detail
