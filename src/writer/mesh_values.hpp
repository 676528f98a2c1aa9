#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <tessera/box.hpp>

#include "comm/communicator.hpp"
#include "schema/mesh.hpp"
#include "writer/mesh_numbering.hpp"
#include "writer/mesh_part.hpp"

namespace tessera::detail {

struct FieldEntry;

/// What this rank writes of a mesh: its part of each dataset, in the file's order.
struct MeshValues {
  std::vector<schema::MeshArray> arrays;             ///< the datasets
  std::vector<std::shared_ptr<FieldEntry>> entries;  ///< of these, once they are declared
  Box nodes;
  Box cells;
  Box offsets;
  Box list;
  std::vector<std::vector<double>> coordinates;  ///< by number
  std::vector<std::int64_t> table;               ///< a row for each cell, filled up with -1
  std::vector<std::uint8_t> types;
  std::vector<std::int64_t> begins;  ///< of the cells in the list of all nodes; on the last rank the end, too
  std::vector<std::int64_t> connectivity;
};

/// Collective. \param mesh gets what all ranks know of the cells \throws Error
MeshValues values_of(const comm::Communicator& comm, const OwnPart& part, const Numbering& nodes,
                     const Numbering& cells, schema::MeshDescription& mesh);

}  // namespace tessera::detail
