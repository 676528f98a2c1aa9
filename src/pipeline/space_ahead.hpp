#pragma once

#include <cstdint>

#include "pipeline/rank_extents.hpp"
#include "pipeline/size_estimates.hpp"

namespace tessera::pipeline {

/// How much more of the file a rank asks for, so that the expected step certainly fits; 0 where it does as it is. What
/// is missing, or more where many a part would be left over: see the definition.
/// \param room   for chunks as large as the largest that is expected
/// \param stored bytes of this rank so far; 0 where what it gets joins what it has: then nothing is left over
std::uint64_t space_to_ask(const SizeEstimates::Expected& step, const RankExtents::Room& room,
                           std::uint64_t stored) noexcept;

/// On a file system of blocks that nodes pass to each other a rank's space is made of whole ones, where it takes so
/// many of them that what that leaves is at most a hundredth.
inline constexpr std::uint64_t blocks_worth_it = 100;
inline constexpr std::uint64_t no_blocks = 8;  ///< parts begin at multiples of it anyhow

/// What it asks for, in the end: so many only where begin_in_blocks() is at a block too.
std::uint64_t in_blocks(std::uint64_t ask, std::uint64_t block) noexcept;

/// Where space for all ranks begins, rank 0's first; what lies between is rank 0's, which writes the metadata before
/// it. \param end   of the file \param total that all ranks ask for
std::uint64_t begin_in_blocks(std::uint64_t end, std::uint64_t total, std::uint64_t block) noexcept;

}  // namespace tessera::pipeline
