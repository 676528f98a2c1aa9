#include "reader/chunk_cells.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace tessera::detail {

namespace {

/// An axis of a copy that rows are taken along.
struct Outer {
  std::int64_t extent = 1;
  std::int64_t source_stride = 0;
  std::int64_t target_stride = 0;
  std::int64_t at = 0;
};

/// A copy as rows of elements that follow each other on both sides.
struct Rows {
  std::int64_t length = 1;
  std::array<Outer, Index::capacity> outer;  ///< the slowest first
  std::size_t count = 0;

  explicit Rows(const pack::PackJob& job) {
    std::size_t axis = job.extents.size();
    const auto goes_on = [&](std::size_t i) {
      return job.extents[i] == 1 || (job.source_strides[i] == length && job.target_strides[i] == length);
    };
    while (axis > 0 && goes_on(axis - 1)) length *= job.extents[--axis];
    for (std::size_t i = 0; i < axis; ++i) {
      outer[count++] = {job.extents[i], job.source_strides[i], job.target_strides[i], 0};
    }
  }

  /// Moves both sides to the next row; false behind the last one.
  bool next(std::int64_t& source, std::int64_t& target) {
    for (std::size_t i = count; i-- > 0;) {
      Outer& axis = outer[i];
      source += axis.source_stride;
      target += axis.target_stride;
      if (++axis.at < axis.extent) return true;
      source -= axis.extent * axis.source_stride;
      target -= axis.extent * axis.target_stride;
      axis.at = 0;
    }
    return false;
  }
};

}  // namespace

void ChunkCells::copy(pack::PackJob job, std::size_t first, codec::Stores stores) {
  if (std::ranges::any_of(job.extents, [](auto extent) { return extent <= 0; })) return;
  if (decoded_.planes == element_bytes_ && decoded_.planes > 1 && copy_rows(job, first, stores)) return;
  job.source = elements().data() + first * element_bytes_;
  pack::pack_here(job);
}

/// Of a chunk in planes all of it is put in order, once.
std::span<const std::byte> ChunkCells::elements() {
  if (decoded_.planes > 1) {
    const std::size_t size = decoded_.bytes.size();
    memory_.reserve(size);
    codec::unshuffle(decoded_.bytes, decoded_.planes, memory_.first(size));
    decoded_ = {memory_.first(size), 1};
  }
  return decoded_.bytes;
}

/// \return whether there are any that are long enough
bool ChunkCells::copy_rows(const pack::PackJob& job, std::size_t first, codec::Stores stores) const {
  constexpr std::int64_t least = 8;
  if (job.source_type != job.target_type) return false;
  Rows rows(job);
  if (rows.length < least) return false;
  const std::size_t bytes = static_cast<std::size_t>(rows.length) * element_bytes_;
  auto source = static_cast<std::int64_t>(first);
  std::int64_t target = 0;
  do {
    auto* const to = static_cast<std::byte*>(job.target) + target * static_cast<std::int64_t>(element_bytes_);
    codec::unshuffle_some(decoded_.bytes, decoded_.planes, static_cast<std::size_t>(source), {to, bytes}, stores);
  } while (rows.next(source, target));
  if (stores == codec::Stores::past_caches) codec::end_stores();
  return true;
}

}  // namespace tessera::detail
