#include "pipeline/space_ahead.hpp"

#include <algorithm>
#include <cmath>

#include "base/round_up.hpp"

namespace tessera::pipeline {

namespace {

/// Of each part that a rank gets a crumb is left where no chunk fits any more; the smaller the more chunks of a step
/// there are to choose from (RankExtents). Large parts leave fewer crumbs and have more that is not used yet: with n
/// chunks stored, and crumbs of the part c of a chunk, the sum is least for parts of sqrt(2 c n) chunks, and is as
/// large. \returns 0 where parts for single steps have left less than that
std::uint64_t large_part(const SizeEstimates::Expected& step, std::uint64_t stored) noexcept {
  constexpr double least = 8;  // chunks: among fewer there is not much choice
  const auto all = static_cast<double>(stored);
  const auto chunk = static_cast<double>(step.largest);
  const auto bytes = static_cast<double>(step.bytes);
  const double left_of_step = bytes - static_cast<double>(step.likely);
  if (left_of_step < chunk / 8) return 0;  // sizes hardly vary: what is left of one step serves the next
  const double crumb = std::min(left_of_step, chunk / (3 + static_cast<double>(step.chunks)));
  const double part = std::max(std::min(least * chunk, all / 2), std::sqrt(2 * crumb * all));
  return left_of_step * all / bytes > part ? static_cast<std::uint64_t>(part) : 0;
}

}  // namespace

std::uint64_t space_to_ask(const SizeEstimates::Expected& step, const RankExtents::Room& room,
                           std::uint64_t stored) noexcept {
  if (step.bytes == 0) return 0;
  const bool fits = step.bytes <= room.bytes + step.largest || step.chunks <= room.pieces;
  if (room.pieces > 0 && fits) return 0;
  // Either is enough: so many bytes, or as many of the largest chunks.
  const std::uint64_t bytes = step.bytes - std::min(step.bytes, room.bytes);
  const std::uint64_t chunks = step.chunks - std::min(step.chunks, room.pieces);
  const std::uint64_t missing = std::max(std::min(bytes, chunks * step.largest), step.largest);
  return std::max(missing, large_part(step, stored));
}

/// What is left of a block serves the next step.
std::uint64_t in_blocks(std::uint64_t ask, std::uint64_t block) noexcept {
  return round_up(ask, ask / blocks_worth_it < block ? no_blocks : block);
}

std::uint64_t begin_in_blocks(std::uint64_t end, std::uint64_t total, std::uint64_t block) noexcept {
  return total / blocks_worth_it < block ? end : round_up(end, block);
}

}  // namespace tessera::pipeline
