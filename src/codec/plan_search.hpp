#pragma once

#include <span>

#include "codec/effort.hpp"
#include "codec/field_memory.hpp"

namespace tessera::codec {

/// The plan that takes the least time among those that keep to the effort's share of the reference; the smallest one where
/// none does. `estimates`: one per plane, all known; sizes[i] is that of methods[i], behind them those of tail_methods.
Plan find_plan(std::span<const PlaneEstimate> estimates, const Effort& effort) noexcept;

}  // namespace tessera::codec
