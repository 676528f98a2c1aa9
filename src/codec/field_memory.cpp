#include "codec/field_memory.hpp"

#include <algorithm>
#include <cmath>

namespace tessera::codec {

namespace {

/// The weight of past trials is capped, so that old observations fade.
constexpr std::uint32_t max_trials = 1024;

void merge(PlaneEstimate& estimate, const PlaneEstimate& other) noexcept {
  if (other.trials == 0) return;
  const std::uint32_t trials = estimate.trials + other.trials;
  const float weight = static_cast<float>(other.trials) / static_cast<float>(trials);
  for (std::size_t i = 0; i < estimate.sizes.size(); ++i) {
    estimate.sizes[i] = std::lerp(estimate.sizes[i], other.sizes[i], weight);
  }
  estimate.reference = std::lerp(estimate.reference, other.reference, weight);
  estimate.trials = std::min(trials, max_trials);
}

}  // namespace

void merge(PlaneEstimates& estimates, const PlaneEstimates& others) noexcept {
  for (std::size_t plane = 0; plane < max_planes; ++plane) {
    for (std::size_t kind = 0; kind < tried_kinds; ++kind) merge(estimates[plane][kind], others[plane][kind]);
  }
}

void adopt(FieldMemory& memory, const PlaneEstimates& common) noexcept {
  for (std::size_t plane = 0; plane < max_planes; ++plane) {
    for (std::size_t kind = 0; kind < tried_kinds; ++kind) {
      PlaneEstimate& own = memory.estimates[plane][kind];
      const PlaneEstimate& all = common[plane][kind];
      if (own.trials >= young || all.trials <= own.trials) continue;
      own = all;
      own.tried_at = memory.chunks;
      own.surprising = false;
    }
  }
}

}  // namespace tessera::codec
