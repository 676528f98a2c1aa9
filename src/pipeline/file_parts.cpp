#include "pipeline/file_parts.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "base/round_up.hpp"

namespace tessera::pipeline {

namespace {

constexpr std::uint64_t alignment = 8;

}  // namespace

void FileParts::drop(std::size_t number) noexcept {
  std::move(parts_.begin() + static_cast<std::ptrdiff_t>(number) + 1,
            parts_.begin() + static_cast<std::ptrdiff_t>(count_), parts_.begin() + static_cast<std::ptrdiff_t>(number));
  --count_;
}

void FileParts::add(hdf5::Extent extent) noexcept {
  if (extent.size() == 0) return;
  for (std::size_t number = count_; number-- > 0;) {
    const hdf5::Extent other = parts_[number];
    const bool touches = other.end == extent.begin || other.begin == extent.end;
    if (other.size() > 0 && !touches) continue;
    if (touches) extent = {std::min(extent.begin, other.begin), std::max(extent.end, other.end)};
    drop(number);
  }
  if (count_ == max_parts) {
    const auto smallest = std::ranges::min_element(all(), {}, &hdf5::Extent::size);
    forgotten_ += smallest->size();
    drop(static_cast<std::size_t>(smallest - all().begin()));
  }
  parts_[count_++] = extent;
}

void FileParts::expect_pieces(std::uint64_t smallest, std::uint64_t largest) noexcept {
  smallest_piece_ = smallest;
  largest_piece_ = largest;
}

/// Whether some number of pieces of the expected sizes may fill so much but for a crumb. From a few pieces on any rest
/// is; of less than one, or between one large and two small ones, something is lost.
bool FileParts::is_usable(std::uint64_t rest) const noexcept {
  if (rest <= crumb() || smallest_piece_ == 0) return true;
  return rest <= rest / smallest_piece_ * largest_piece_ + crumb();
}

/// Where a piece goes: into the smallest part of which it leaves a usable rest, else into the one of which it leaves
/// least. Parts in which one more piece fits wait for one that fills them, unless too many do.
hdf5::Extent* FileParts::choose(std::uint64_t size) noexcept {
  constexpr std::ptrdiff_t may_wait = 3;
  const auto waits = [this](const hdf5::Extent& one) {
    return one.size() >= smallest_piece_ && one.size() < largest_piece_;
  };
  const bool too_many = std::ranges::count_if(all(), waits) > may_wait;
  const auto is_better = [&](const hdf5::Extent& one, const hdf5::Extent& than) {
    const auto is_good = [&](const hdf5::Extent& part) {
      return (too_many && waits(part)) || is_usable(part.size() - size);
    };
    if (is_good(one) != is_good(than)) return is_good(one);
    return one.size() < than.size();
  };
  hdf5::Extent* best = nullptr;
  for (hdf5::Extent& one : all()) {
    if (one.size() >= size && (best == nullptr || is_better(one, *best))) best = &one;
  }
  return best;
}

std::optional<std::uint64_t> FileParts::take(std::uint64_t size) noexcept {
  const std::uint64_t wanted = round_up(size, alignment);
  hdf5::Extent* part = choose(wanted);
  if (part == nullptr) return std::nullopt;
  return std::exchange(part->begin, part->begin + wanted);
}

/// The part that some of the pieces fill but for a crumb in which no other one fits.
FileParts::Filled FileParts::filled(std::span<const Piece> pieces) noexcept {
  std::uint64_t least = UINT64_MAX;
  std::uint64_t most = 0;
  for (const Piece& piece : pieces) {
    least = std::min(least, piece.bytes);
    most = std::max(most, piece.bytes);
  }
  const std::uint64_t rest = std::min(crumb(), least - 1);
  Filled best;
  for (hdf5::Extent& part : all()) {
    const bool is_possible = part.size() >= least && part.size() <= best.fit.which.size() * most + rest;
    if (!is_possible) continue;
    const ExactFit fit = exact_fit(pieces, part.size());
    const bool is_full = fit.count > 0 && fit.rest <= rest;
    if (is_full && (best.part == nullptr || fit.rest < best.fit.rest)) best = {&part, fit};
  }
  return best;
}

/// The first piece and some behind it, where what is left can be filled with others.
FileParts::Run FileParts::take_first(hdf5::Extent& part, std::span<const Piece> pieces) const noexcept {
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

std::optional<FileParts::Run> FileParts::take_run(std::span<Piece> pieces) noexcept {
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

std::uint64_t FileParts::bytes() const noexcept {
  std::uint64_t total = 0;
  for (const hdf5::Extent& extent : all()) total += extent.size();
  return total;
}

/// Less than a piece is left of it when the next one does not fit.
void FileParts::Room::add(std::uint64_t part, std::uint64_t piece) noexcept {
  if (part < piece) return;
  bytes += part - piece;
  pieces += part / std::max<std::uint64_t>(piece, 1);
}

FileParts::Room FileParts::room(std::uint64_t piece, std::uint64_t more) const noexcept {
  const auto parts = all();
  const auto last = std::ranges::max_element(parts, {}, &hdf5::Extent::end);
  Room room;
  for (auto one = parts.begin(); one != parts.end(); ++one) room.add(one->size() + (one == last ? more : 0), piece);
  if (parts.empty()) room.add(more, piece);
  return room;
}

std::uint64_t FileParts::largest(std::span<hdf5::Extent> parts) noexcept {
  std::ranges::sort(all(), std::greater(), &hdf5::Extent::size);
  std::ranges::fill(parts, hdf5::Extent{});
  const std::size_t told = std::min(parts.size(), count_);
  std::ranges::copy(all().first(told), parts.begin());
  std::uint64_t others = forgotten_;
  for (const hdf5::Extent& other : all().subspan(told)) others += other.size();
  return others;
}

void FileParts::take_over(const FileParts& other) noexcept {
  count_ = other.count_;
  std::ranges::copy(other.all(), parts_.begin());
}

}  // namespace tessera::pipeline
