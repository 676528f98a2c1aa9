#include "pipeline/size_estimates.hpp"

#include <algorithm>
#include <cmath>

#include "base/filters.hpp"
#include "pipeline/batch.hpp"

namespace tessera::pipeline {

namespace {

/// Steps in which it fades how small and large chunks were.
constexpr double fades_in = 32;

std::uint64_t raw_bytes_of(const FieldData& data) noexcept {
  if (data.field->spans_steps()) return 0;  // rank 0 writes them with the metadata
  return data.plan->chunks.size() * chunk_bytes_of(*data.field, data.plan->grid);
}

}  // namespace

void SizeEstimates::reserve(std::span<const FieldData> fields) {
  for (const FieldData& data : fields) estimates_.try_emplace(data.field->path);
}

void SizeEstimates::add(Expected& sum, const FieldData& data) const noexcept {
  const std::uint64_t raw = raw_bytes_of(data);
  if (raw == 0) return;
  Estimate estimate{1, 1, 1, 1, 0};
  if (has_filters(*data.field->codec)) {
    const auto found = estimates_.find(data.field->path);
    if (found == estimates_.end() || found->second.ratio <= 0) {
      sum.is_known = false;
      return;
    }
    estimate = found->second;
  }
  constexpr std::uint64_t gap = 8;  // places begin at multiples of it
  const std::uint64_t chunk = chunk_bytes_of(*data.field, data.plan->grid);
  const std::uint64_t piece = std::min(raw, std::max<std::uint64_t>(chunk, piece_bytes));
  const auto part_of = [](std::uint64_t bytes, double ratio) {
    return static_cast<std::uint64_t>(static_cast<double>(bytes) * ratio);
  };
  const double more = 1 + estimate.margin;
  sum.likely += part_of(raw, estimate.ratio);
  sum.bytes += part_of(raw, estimate.ratio * more) + gap * (1 + raw / std::max<std::uint64_t>(piece / 2, 1));
  sum.chunks += data.plan->chunks.size();
  const std::uint64_t most = slot_bytes(*data.field, data.plan->grid);
  sum.largest = std::max(sum.largest, std::min(part_of(chunk, estimate.largest * more) + gap, most));
  const std::uint64_t low = part_of(chunk, estimate.low);
  sum.low = sum.low == 0 ? low : std::min(sum.low, low);
  sum.high = std::max(sum.high, part_of(chunk, estimate.high));
}

SizeEstimates::Expected SizeEstimates::Expected::with_choice() const noexcept {
  constexpr std::uint64_t few = 8;
  Expected more = *this;
  if (chunks > 0 && chunks < few && bytes - likely >= largest / 8) {
    more.bytes += largest;
    more.chunks += 1;
  }
  return more;
}

SizeEstimates::Expected SizeEstimates::expected(std::span<const FieldData> fields) const noexcept {
  Expected sum;
  for (const FieldData& data : fields) add(sum, data);
  return sum;
}

SizeEstimates::Expected SizeEstimates::expected_next(std::span<const FieldData> fields) const noexcept {
  Expected sum;
  for (const FieldData& data : fields) {
    if (data.step) add(sum, data);
  }
  return sum;
}

void SizeEstimates::learn(std::span<const FieldData> fields,
                          const std::vector<std::vector<hdf5::PlacedChunk>>& placed) noexcept {
  for (std::size_t number = 0; number < fields.size(); ++number) {
    std::uint64_t stored = 0;
    std::uint64_t largest = 0;
    std::uint64_t smallest = UINT64_MAX;
    for (const hdf5::PlacedChunk& chunk : placed[number]) {
      stored += chunk.size;
      largest = std::max<std::uint64_t>(largest, chunk.size);
      smallest = std::min<std::uint64_t>(smallest, chunk.size);
    }
    stored_bytes_ += stored;
    const std::uint64_t raw = raw_bytes_of(fields[number]);
    const auto found = estimates_.find(fields[number].field->path);
    if (raw == 0 || stored == 0 || found == estimates_.end()) continue;
    Estimate& known = found->second;
    const double ratio = static_cast<double>(stored) / static_cast<double>(raw);
    // Twice the last change, or what there was before, which fades.
    if (known.ratio > 0) {
      known.margin = std::clamp(std::max(2 * std::abs(ratio / known.ratio - 1), known.margin / 2), 1.0 / 256, 0.25);
    }
    known.ratio = ratio;
    const auto chunk = static_cast<double>(chunk_bytes_of(*fields[number].field, fields[number].plan->grid));
    known.largest = static_cast<double>(largest) / chunk;
    const double least = static_cast<double>(smallest) / chunk;
    known.low = known.low == 0 ? least : std::min(least, known.low + (least - known.low) / fades_in);
    known.high = std::max(known.largest, known.high + (known.largest - known.high) / fades_in);
  }
}

}  // namespace tessera::pipeline
