#include "pipeline/registrations.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace tessera::pipeline {

namespace {

/// In Registration::field: this one and the next are statistics, of the entry with the number in the other bits.
constexpr std::uint64_t is_summary = std::uint64_t{1} << 63;
constexpr std::size_t parts_of_summary = 2;
/// This one and the next three are measures.
constexpr std::uint64_t is_measures = std::uint64_t{1} << 62;
constexpr std::size_t parts_of_measures = 4;
using MeasuresParts = std::array<hdf5::PlacedChunk, parts_of_measures>;
static_assert(sizeof(MeasuresParts) == sizeof(RankMeasures));

using Words = std::array<std::uint64_t, 3>;
static_assert(sizeof(Words) == sizeof(hdf5::PlacedChunk));

Registration packed(std::size_t entry, const Words& words) noexcept {
  return {std::bit_cast<hdf5::PlacedChunk>(words), is_summary | entry};
}

Registration at(std::span<const std::byte> registrations, std::size_t number) noexcept {
  Registration one;
  std::memcpy(&one, registrations.data() + number * sizeof one, sizeof one);
  return one;
}

pack::Summary unpacked(const Registration& first, const Registration& second) noexcept {
  const auto numbers = std::bit_cast<std::array<double, 3>>(first.chunk);
  const auto counts = std::bit_cast<Words>(second.chunk);
  return {numbers[0], numbers[1], numbers[2], counts[0], counts[1]};
}

}  // namespace

RegistrationCount count_registrations(const Commit& commit, FieldSummaries& summaries, std::size_t ranks) {
  const std::size_t of_measures = commit.measured ? parts_of_measures : 0;
  RegistrationCount count{of_measures, of_measures * ranks};
  for (std::size_t field = 0; field < commit.fields.size(); ++field) {
    const ChunkPlan& plan = *commit.fields[field].plan;
    const auto all_chunks = static_cast<std::size_t>(plan.all_chunks);
    const std::size_t of_rank = parts_of_summary * summaries.of(field).size();
    count.own += plan.chunks.size() + of_rank;
    count.all += all_chunks + of_rank * std::min(ranks, all_chunks);
  }
  return count;
}

void register_all(const std::vector<std::vector<hdf5::PlacedChunk>>& placed, FieldSummaries& summaries,
                  std::vector<Registration>& list) noexcept {
  list.clear();
  for (std::size_t field = 0; field < placed.size(); ++field) {
    for (const hdf5::PlacedChunk& chunk : placed[field]) list.push_back({chunk, field});
    if (placed[field].empty()) continue;
    for (const pack::Summary& one : summaries.of(field)) {
      const auto entry = static_cast<std::size_t>(&one - summaries.all().data());
      list.push_back(packed(entry, std::bit_cast<Words>(std::array{one.minimum, one.maximum, one.sum})));
      list.push_back(packed(entry, {one.count, one.non_finite, 0}));
    }
  }
}

void register_measures(const RankMeasures& measures, std::vector<Registration>& list) noexcept {
  for (const hdf5::PlacedChunk& part : std::bit_cast<MeasuresParts>(measures)) list.push_back({part, is_measures});
}

bool are_placed(std::span<const std::byte> registrations) noexcept {
  for (std::size_t number = 0; number < registrations.size() / sizeof(Registration); ++number) {
    const Registration one = at(registrations, number);
    if ((one.field & (is_summary | is_measures)) == 0 && one.chunk.address == 0) return false;
  }
  return true;
}

void take_all(std::span<const std::byte> registrations, std::vector<hdf5::PlacedChunks>& chunks,
              FieldSummaries& summaries, CommitMeasures& measures) {
  measures = {};
  std::ranges::fill(summaries.all(), pack::Summary{});
  const std::size_t count = registrations.size() / sizeof(Registration);
  for (std::size_t number = 0; number < count; ++number) {
    const Registration one = at(registrations, number);
    if (one.field == is_measures) {
      MeasuresParts parts{one.chunk};
      for (std::size_t i = 1; i < parts.size(); ++i) parts[i] = at(registrations, ++number).chunk;
      merge(measures, CommitMeasures(std::bit_cast<RankMeasures>(parts)));
    } else if ((one.field & is_summary) == 0) {
      chunks[one.field].chunks.push_back(one.chunk);
    } else {
      pack::merge(summaries.all()[one.field & ~is_summary], unpacked(one, at(registrations, ++number)));
    }
  }
}

}  // namespace tessera::pipeline
