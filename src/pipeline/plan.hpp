#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include <tessera/box.hpp>

#include "comm/communicator.hpp"
#include "grid/owned_box.hpp"
#include "pipeline/chunk_plan.hpp"

namespace tessera::pipeline {

/// This rank's boxes of a commit, by the number of the field in its run; a field without boxes here is left out.
using OwnBoxes = std::map<int, std::vector<Box>>;

/// Which fields a commit writes and who has which boxes of them: what is worked out once per decomposition.
struct Plan {
  OwnBoxes own;
  std::vector<int> fields;            ///< that any rank put, ascending: the same on every rank
  std::map<int, std::shared_ptr<const ChunkPlan>> chunks;  ///< by field: what the engine worked out
};

/// Every rank's boxes, by field. Only alive while a plan is made.
using AllBoxes = std::map<int, std::vector<grid::OwnedBox>>;

/// Gathers all ranks' boxes. Collective.
AllBoxes gather_boxes(const comm::Communicator& comm, const OwnBoxes& own);

/// The plans of a run's recent commits. A commit reuses one when every rank's boxes are those of that plan; ranks tell with one
/// bit per plan in the meeting that the commit begins with anyway.
class PlanCache {
 public:
  /// Bit i is set when plan i has these boxes.
  std::uint64_t offers(const OwnBoxes& own) const;

  /// The plan that all ranks offered, nullptr when there is none.
  const Plan* common(std::uint64_t offered_by_all) const;

  /// Keeps a new plan, instead of the oldest where all places are taken. On every rank alike.
  const Plan& add(Plan plan);

 private:
  static constexpr std::size_t capacity = 64;
  std::vector<Plan> plans_;
  std::size_t next_ = 0;
};

}  // namespace tessera::pipeline
