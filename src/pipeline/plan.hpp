#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include <tessera/box.hpp>

#include "base/function_ref.hpp"
#include "comm/communicator.hpp"
#include "pipeline/chunk_plan.hpp"

namespace tessera::pipeline {

/// This rank's boxes of a commit, by the number of the field in its run; a field without boxes here is left out.
using OwnBoxes = std::map<int, std::vector<Box>>;

/// The boxes of one field, possibly none.
const std::vector<Box>& boxes_of(const OwnBoxes& own, int field);

/// For each of `count` fields of a run whether no rank put it. An empty box counts: it says that the field is written,
/// if by other ranks. Collective.
std::vector<bool> fields_left_out(const comm::Communicator& comm, const OwnBoxes& own, std::size_t count);

/// For each of `count` pairs of fields whether the two have the same boxes on every rank. Collective.
/// \param prepare is called first; what it throws on one rank, all ranks throw
std::vector<bool> have_same_boxes(const comm::Communicator& comm, const OwnBoxes& own, std::size_t count,
                                  FunctionRef<void()> prepare, FunctionRef<std::pair<int, int>(std::size_t)> fields_of);

/// Which fields a commit writes and who sends what where: what is worked out once per decomposition.
struct Plan {
  OwnBoxes own;
  std::vector<int> fields;  ///< that any rank put, ascending: the same on every rank
  /// By field: what the engine worked out. Fields that are divided alike share it.
  std::map<int, std::shared_ptr<const ChunkPlan>> chunks;
  std::uint64_t digest = 0;  ///< of the boxes
  std::size_t bytes = 0;     ///< that it takes
};

}  // namespace tessera::pipeline
