#pragma once

#include <cstdint>

#include "pipeline/rank_extents.hpp"
#include "pipeline/size_estimates.hpp"

namespace tessera::pipeline {

/// How much more of the file a rank asks for, so that the expected step certainly fits; 0 where it does as it is. What
/// is missing, or more where many a part would be left over: see the definition.
/// \param room   for chunks as large as the largest that is expected
/// \param stored bytes of this rank so far
std::uint64_t space_to_ask(const SizeEstimates::Expected& step, const RankExtents::Room& room,
                           std::uint64_t stored) noexcept;

}  // namespace tessera::pipeline
