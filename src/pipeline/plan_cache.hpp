#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "pipeline/plan.hpp"

namespace tessera::pipeline {

/// The plans of a run's recent commits. A commit reuses one when every rank's boxes are those of that plan; ranks
/// tell with one bit per plan in the agreement that the commit begins with anyway.
///
/// The oldest plans are forgotten where they take much memory, as those of a run that divides the fields anew in
/// every step do. A rank may forget a plan that others still have: it does not offer it then.
class PlanCache {
 public:
  /// Bit i is set when plan i has these boxes.
  std::uint64_t matches(const OwnBoxes& own) const;

  /// The plan that all ranks offered, nullptr when there is none.
  const Plan* common(std::uint64_t matched_by_all);

  /// Keeps a new plan, instead of the one that was not used for the longest time where all places are taken. On every
  /// rank alike, but for `max_bytes` that all plans but the newest may take.
  const Plan& add(std::unique_ptr<Plan> plan, std::size_t max_bytes) noexcept;

  /// What has to be done with a plan before add(), and may fail. \throws std::bad_alloc
  void prepare(Plan& plan);

  /// Forgets all plans, on this rank alone.
  void forget();

  /// The bytes that the plans take.
  std::size_t memory() const;

 private:
  struct Place {
    std::unique_ptr<Plan> plan;  ///< nullptr: forgotten on this rank
    std::size_t bytes() const { return plan ? plan->bytes : 0; }
    std::uint64_t used = 0;  ///< when last, counted in commits: the same on every rank
  };
  static constexpr std::size_t capacity = 64;

  std::uint64_t commits_ = 0;
  std::vector<Place> places_;
};

}  // namespace tessera::pipeline
