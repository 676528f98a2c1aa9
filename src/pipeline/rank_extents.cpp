#include "pipeline/rank_extents.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/round_up.hpp"

namespace tessera::pipeline {

namespace {

constexpr std::uint64_t alignment = 8;

}  // namespace

void RankExtents::add(const hdf5::Extent& extent) {
  if (extent.size() == 0) return;
  const std::lock_guard lock(mutex_);
  std::erase_if(extents_, [](const hdf5::Extent& one) { return one.size() == 0; });
  if (!extents_.empty() && extents_.back().end == extent.begin) {
    extents_.back().end = extent.end;
    return;
  }
  if (extents_.size() >= max_parts) {
    const auto smallest = std::ranges::min_element(extents_, {}, &hdf5::Extent::size);
    forgotten_ += smallest->size();
    extents_.erase(smallest);
  }
  kept_.reserve(extents_.size() + 1);
  extents_.push_back(extent);
}

void RankExtents::expect_pieces(std::uint64_t smallest, std::uint64_t largest) noexcept {
  const std::lock_guard lock(mutex_);
  smallest_piece_ = smallest;
  largest_piece_ = largest;
}

/// Whether some number of pieces of the expected sizes may fill so much but for a crumb. From a few pieces on any rest
/// is; of less than one, or between one large and two small ones, something is lost.
bool RankExtents::is_usable(std::uint64_t rest) const noexcept {
  if (rest <= crumb() || smallest_piece_ == 0) return true;
  return rest <= rest / smallest_piece_ * largest_piece_ + crumb();
}

/// Where a piece goes: into the smallest part of which it leaves a usable rest, else into the one of which it leaves
/// least. Parts in which one more piece fits wait for one that fills them, unless too many do.
hdf5::Extent* RankExtents::choose(std::uint64_t size) noexcept {
  constexpr std::ptrdiff_t may_wait = 3;
  const auto waits = [this](const hdf5::Extent& one) {
    return one.size() >= smallest_piece_ && one.size() < largest_piece_;
  };
  const bool too_many = std::ranges::count_if(extents_, waits) > may_wait;
  const auto is_better = [&](const hdf5::Extent& one, const hdf5::Extent& than) {
    const auto is_good = [&](const hdf5::Extent& part) {
      return (too_many && waits(part)) || is_usable(part.size() - size);
    };
    if (is_good(one) != is_good(than)) return is_good(one);
    return one.size() < than.size();
  };
  hdf5::Extent* best = nullptr;
  for (hdf5::Extent& one : extents_) {
    if (one.size() >= size && (best == nullptr || is_better(one, *best))) best = &one;
  }
  return best;
}

std::optional<std::uint64_t> RankExtents::take(std::uint64_t size) noexcept {
  const std::uint64_t wanted = round_up(size, alignment);
  const std::lock_guard lock(mutex_);
  hdf5::Extent* part = choose(wanted);
  if (part == nullptr) return std::nullopt;
  return std::exchange(part->begin, part->begin + wanted);
}

/// The part that some of the pieces fill but for a crumb in which no other one fits.
RankExtents::Filled RankExtents::filled(std::span<const Piece> pieces) noexcept {
  std::uint64_t least = UINT64_MAX;
  std::uint64_t most = 0;
  for (const Piece& piece : pieces) {
    least = std::min(least, piece.bytes);
    most = std::max(most, piece.bytes);
  }
  const std::uint64_t rest = std::min(crumb(), least - 1);
  Filled best;
  for (hdf5::Extent& part : extents_) {
    const bool is_possible = part.size() >= least && part.size() <= best.fit.which.size() * most + rest;
    if (!is_possible) continue;
    const ExactFit fit = exact_fit(pieces, part.size());
    const bool is_full = fit.count > 0 && fit.rest <= rest;
    if (is_full && (best.part == nullptr || fit.rest < best.fit.rest)) best = {&part, fit};
  }
  return best;
}

/// The first piece and some behind it, where what is left can be filled with others.
RankExtents::Run RankExtents::take_first(hdf5::Extent& part, std::span<const Piece> pieces) noexcept {
  Run run{part.begin, 1};
  std::uint64_t taken = pieces.front().bytes;
  std::uint64_t bytes = taken;
  for (std::size_t next = 1; next < pieces.size() && bytes + pieces[next].bytes <= part.size(); ++next) {
    bytes += pieces[next].bytes;
    if (!is_usable(part.size() - bytes)) continue;
    run.count = next + 1;
    taken = bytes;
  }
  part.begin += std::min(round_up(taken, alignment), part.size());
  return run;
}

std::optional<RankExtents::Run> RankExtents::take_run(std::span<Piece> pieces) noexcept {
  const std::lock_guard lock(mutex_);
  if (pieces.empty()) return std::nullopt;
  if (const auto [part, fit] = filled(pieces); part != nullptr) {
    for (std::size_t i = 0; i < fit.count; ++i)
      std::rotate(&pieces[i], &pieces[fit.which[i]], &pieces[fit.which[i]] + 1);
    const std::uint64_t bytes = round_up(part->size() - fit.rest, alignment);
    return Run{std::exchange(part->begin, std::min(part->begin + bytes, part->end)), fit.count};
  }
  hdf5::Extent* part = choose(pieces.front().bytes);
  if (part == nullptr) return std::nullopt;
  return take_first(*part, pieces);
}

std::uint64_t RankExtents::bytes() const noexcept {
  const std::lock_guard lock(mutex_);
  std::uint64_t total = 0;
  for (const hdf5::Extent& extent : extents_) total += extent.size();
  return total;
}

/// Of a part less than a piece is left when the next one does not fit.
RankExtents::Room RankExtents::room(std::uint64_t piece) const noexcept {
  const std::lock_guard lock(mutex_);
  Room room;
  for (const hdf5::Extent& extent : extents_) {
    if (extent.size() < piece) continue;
    room.bytes += extent.size() - piece;
    room.pieces += extent.size() / std::max<std::uint64_t>(piece, 1);
  }
  return room;
}

std::uint64_t RankExtents::largest(std::span<hdf5::Extent> parts) noexcept {
  const std::lock_guard lock(mutex_);
  std::ranges::sort(extents_, std::greater(), &hdf5::Extent::size);
  std::ranges::fill(parts, hdf5::Extent{});
  std::copy_n(extents_.begin(), std::min(parts.size(), extents_.size()), parts.begin());
  std::uint64_t others = forgotten_;
  for (std::size_t i = parts.size(); i < extents_.size(); ++i) others += extents_[i].size();
  return others;
}

void RankExtents::clear() noexcept {
  const std::lock_guard lock(mutex_);
  extents_.clear();
  kept_.clear();
}

void RankExtents::keep() noexcept {
  const std::lock_guard lock(mutex_);
  kept_.clear();
  for (const hdf5::Extent& one : extents_) {
    if (one.size() > 0 && kept_.size() < kept_.capacity()) kept_.push_back(one);
  }
}

void RankExtents::restore() noexcept {
  const std::lock_guard lock(mutex_);
  extents_.clear();
  for (const hdf5::Extent& one : kept_) {
    if (extents_.size() < extents_.capacity()) extents_.push_back(one);
  }
}

}  // namespace tessera::pipeline
