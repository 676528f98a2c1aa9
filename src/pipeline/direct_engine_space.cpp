#include <algorithm>
#include <cstring>

#include "base/attempt.hpp"
#include "comm/broadcast.hpp"
#include "pipeline/direct_engine.hpp"
#include "pipeline/space_ahead.hpp"

/// \file
/// Space of the file that each rank has ahead of time, so that no rank has to ask others where its bytes go. Each asks
/// when it tells rank 0 what it wrote, for as much as steps like this one take, and gets it with the answer. Where that
/// was not enough for a step, ranks ask together before they begin with it.

namespace tessera::pipeline {

namespace {

/// Of what is left, that ranks tell at close: more than the record in the file has place for.
constexpr std::size_t parts_of_all = 512;

}  // namespace

void DirectEngine::reserve_space(std::span<const FieldData> fields) {
  sizes_.reserve(fields);
  left_.resize(std::clamp<std::size_t>(parts_of_all / comm_.ranks(), 8, RankExtents::max_parts));
  gather_.reserve(left_.size() * sizeof(hdf5::Extent), left_.size() * sizeof(hdf5::Extent) * comm_.ranks());
}

/// How much this rank asks for; nothing where what it has does for a step.
std::uint64_t DirectEngine::missing_bytes(const SizeEstimates::Expected& expected) {
  const auto unfinished = static_cast<std::uint64_t>(
      std::ranges::count_if(in_flight_, [&](const auto& other) { return !async_->is_done(*other); }));
  extents_.expect_pieces(expected.low, expected.high);
  const RankExtents::Room room = extents_.room(expected.largest);
  const SizeEstimates::Expected all = expected.times(1 + unfinished);
  return in_blocks(space_to_ask(all, room, sizes_.stored_bytes()), node_->block_bytes());
}

/// Each rank gets what it asks for. Collective. \returns what of it is space of dropped steps
hdf5::Extent DirectEngine::take_space(std::uint64_t missing, const FileEnd& at) {
  // What is in flight may have some of the free space, of which nobody has told the trees yet.
  learn_of_free_space(in_flight_.empty() ? at : FileEnd(at.end(), false));
  range_scan_.begin(missing);
  const comm::Range range = range_scan_.finish();
  const bool is_free = range.total <= free_.size();
  const std::uint64_t begin = is_free ? free_.begin : begin_in_blocks(at.end(), range.total, node_->block_bytes());
  if (!is_free && trees_) trees_->reserve(begin - at.end() + range.total);
  has_extents_ = true;
  std::optional<Error> ignored;  // then it is as if it were not enough
  const std::uint64_t own = is_free || comm_.rank() > 0 ? begin + range.begin : at.end();
  attempt(ignored, [&] { extents_.add({own, begin + range.begin + missing}); });
  return is_free ? hdf5::Extent{begin, begin + range.total} : hdf5::Extent{};
}

/// On rank 0: space of dropped steps, where a step like the last one fits.
hdf5::Extent DirectEngine::free_space() {
  const auto free = trees_->free_extent();
  return free && free->size() >= stored_bytes_ ? *free : hdf5::Extent{};
}

/// On rank 0, when a commit is in the file: space for all that asked. \returns where it begins, and what rank 0 gets
/// besides what it asked for; 0: none is given, since that of dropped steps comes first
std::pair<std::uint64_t, std::uint64_t> DirectEngine::give_space() {
  std::optional<Error> ignored;
  hdf5::Extent free;
  attempt(ignored, [&] { free = free_space(); });
  if (free.size() > 0) return {};
  std::uint64_t total = 0;
  for (std::size_t rank = 0; rank < comm_.ranks(); ++rank) total += gather_.numbers_of(rank)[0];
  const std::uint64_t end = trees_->end();
  const std::uint64_t before = begin_in_blocks(end, total, node_->block_bytes()) - end;
  trees_->reserve(before + total);
  return {end, before};
}

/// A commit is in the file. \param more space that this rank got
void DirectEngine::keep_space(const hdf5::Extent& more) noexcept {
  extents_.keep();
  has_extents_ = true;
  std::optional<Error> ignored;
  attempt(ignored, [&] { extents_.add(more); });
  rounds_->statistics().space_left = extents_.bytes();
}

/// What is left of the ranks' space serves later jobs. Collective.
void DirectEngine::return_extents() {
  const std::uint64_t others = extents_.largest(left_);
  const auto gathered = gather_.gather(std::as_bytes(std::span(left_)), {others, 0});
  if (!trees_ || !gathered) return;
  for (std::size_t rank = 0; rank < comm_.ranks(); ++rank) forgotten_bytes_ += gather_.numbers_of(rank)[0];
  std::optional<Error> ignored;  // then nobody uses it
  attempt(ignored, [&] {
    std::vector<hdf5::Extent> all(gathered->size() / sizeof(hdf5::Extent));
    std::memcpy(all.data(), gathered->data(), gathered->size());
    trees_->add_free(std::move(all));
  });
}

}  // namespace tessera::pipeline
