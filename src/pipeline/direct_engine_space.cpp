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

/// Collective. \param is_wanted the same on every rank
void DirectEngine::share_space(const comm::Node& node, bool is_wanted) {
  const auto ranks = static_cast<std::size_t>(node.ranks);
  is_on_one_node_ = node.ranks == comm_.size();
  if (is_wanted && comm_.size() > 1) {
    node_space_.emplace(comm_, RankExtents::shared_bytes(ranks), RankExtents::make_shared);
    if (ranks > 1 && !node_space_->bytes().empty()) {
      extents_.share(node_space_->bytes(), static_cast<std::size_t>(node.rank));
      rounds_->statistics().shares_space = true;
    }
  }
  if (is_on_one_node_) return;
  gather_.gather(std::span<const std::byte>(), {static_cast<std::uint64_t>(node.first), 0});
  if (comm_.rank() > 0) return;
  std::optional<Error> ignored;  // the order of ranks does as well
  attempt(ignored, [&] {
    std::vector<std::uint32_t> first(comm_.ranks());
    for (std::size_t rank = 0; rank < first.size(); ++rank)
      first[rank] = static_cast<std::uint32_t>(gather_.numbers_of(rank)[0]);
    order_ = NodeOrder(std::move(first));
  });
}

void DirectEngine::reserve_space(std::span<const FieldData> fields) {
  sizes_.reserve(fields);
  left_.resize(std::clamp<std::size_t>(parts_of_all / comm_.ranks(), 8, RankExtents::max_parts));
  if (comm_.rank() == 0) parts_.resize(comm_.ranks());
  gather_.reserve(left_.size() * sizeof(hdf5::Extent), left_.size() * sizeof(hdf5::Extent) * comm_.ranks());
}

/// Whether all that is given, to whomever, is space of the same ranks: then it lies behind what they have left.
bool DirectEngine::parts_join() const noexcept {
  return comm_.size() == 1 || (is_on_one_node_ && extents_.is_shared());
}

/// How much this rank asks for; nothing where what there is does for a step. \param more for a choice of parts
std::uint64_t DirectEngine::missing_bytes(const SizeEstimates::Expected& expected, bool more) {
  const auto unfinished = static_cast<std::uint64_t>(
      std::ranges::count_if(in_flight_, [&](const auto& other) { return !async_->is_done(*other); }));
  const bool joins = parts_join();
  // So many steps may begin before ranks can ask again.
  const std::size_t others =
      more && joins ? most_in_flight_ - std::min(most_in_flight_, std::max<std::size_t>(in_flight_.size(), 1)) : 0;
  return extents_.ask(expected.times(1 + unfinished + others), joins ? 0 : sizes_.stored_bytes(),
                      [&](const SizeEstimates::Expected& step, const RankExtents::Room& room, std::uint64_t stored) {
                        const auto& all = more && !joins ? step.with_choice() : step;
                        return in_blocks(space_to_ask(all, room, stored), node_->block_bytes());
                      });
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
  const std::uint64_t own = is_free || comm_.rank() > 0 ? begin + range.begin : at.end();
  extents_.add({own, begin + range.begin + missing});
  extents_.answered();
  return is_free ? hdf5::Extent{begin, begin + range.total} : hdf5::Extent{};
}

/// On rank 0: space of dropped steps, where a step like the last one fits.
hdf5::Extent DirectEngine::free_space() {
  const auto free = trees_->free_extent();
  return free && free->size() >= stored_bytes_ ? *free : hdf5::Extent{};
}

/// On rank 0, when a commit is in the file: space for all that asked, in parts_. None is given where there is that of
/// dropped steps, which comes first.
void DirectEngine::give_space() {
  std::optional<Error> ignored;
  hdf5::Extent free;
  attempt(ignored, [&] { free = free_space(); });
  for (std::size_t rank = 0; rank < comm_.ranks(); ++rank)
    parts_[rank] = {0, free.size() > 0 ? 0 : gather_.numbers_of(rank)[0]};
  const std::uint64_t end = trees_->end();
  trees_->reserve(order_.lay_out(end, node_->block_bytes(), parts_) - end);
  if (parts_join()) attempt(ignored, [&] { trees_->reserve_for_blocks(); });
}

/// A commit is in the file. \param more space that this rank got
void DirectEngine::keep_space(const hdf5::Extent& more) noexcept {
  extents_.keep(static_cast<std::uint64_t>(published_));
  has_extents_ = true;
  extents_.add(more);
  extents_.answered();
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
