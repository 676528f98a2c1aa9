#include "tools/repack/recoder.hpp"

#include <algorithm>
#include <cstring>

#include <tessera/error.hpp>

#include "base/attempt.hpp"
#include "tools/repack/copy_block.hpp"

namespace tessera::tools {

namespace {

using Shape = std::vector<std::uint64_t>;

/// Of a chunk by its row-major number.
Shape lower_of(std::uint64_t number, const Shape& counts, const Shape& chunk) {
  Shape lower(counts.size());
  for (std::size_t axis = counts.size(); axis-- > 0; number /= counts[axis]) {
    lower[axis] = number % counts[axis] * chunk[axis];
  }
  return lower;
}

/// Calls `action` with the row-major numbers of all chunks that touch a box, ascending.
template <class Action>
void each_chunk_in(const Shape& lower, const Shape& upper, const Shape& chunk, const Shape& counts,
                   const Action& action) {
  Shape first(lower.size()), last(lower.size());
  for (std::size_t axis = 0; axis < lower.size(); ++axis) {
    if (lower[axis] >= upper[axis]) return;
    first[axis] = lower[axis] / chunk[axis];
    last[axis] = (upper[axis] - 1) / chunk[axis];
  }
  for (Shape at = first;;) {
    std::uint64_t number = 0;
    for (std::size_t axis = 0; axis < at.size(); ++axis) number = number * counts[axis] + at[axis];
    action(number);
    std::size_t axis = at.size();
    while (axis > 0 && ++at[axis - 1] > last[axis - 1]) {
      at[axis - 1] = first[axis - 1];
      --axis;
    }
    if (axis == 0) return;
  }
}

Shape plus(Shape shape, std::uint64_t begin) {
  shape[0] += begin;
  return shape;
}

Shape sum(const Shape& a, const Shape& b) {
  Shape result(a.size());
  std::ranges::transform(a, b, result.begin(), std::plus<>());
  return result;
}

std::uint64_t volume(const Slab& slab) {
  std::uint64_t elements = 1;
  for (std::size_t axis = 0; axis < slab.lower.size(); ++axis) elements *= slab.upper[axis] - slab.lower[axis];
  return elements;
}

void fill_with(std::span<std::byte> bytes, std::span<const std::byte> element) {
  if (element.empty() || std::ranges::all_of(element, [](std::byte one) { return one == std::byte{}; })) {
    std::ranges::fill(bytes, std::byte{});
    return;
  }
  for (std::size_t at = 0; at < bytes.size(); at += element.size())
    std::ranges::copy(element, bytes.subspan(at).begin());
}

/// Values of double precision to single, in place.
void make_single(std::span<std::byte> elements) {
  for (std::size_t i = 0; i < elements.size() / sizeof(double); ++i) {
    double value = 0;
    std::memcpy(&value, elements.data() + i * sizeof value, sizeof value);
    const auto single = static_cast<float>(value);
    std::memcpy(elements.data() + i * sizeof single, &single, sizeof single);
  }
}

}  // namespace

Recoder::Recoder(const storage::ReadOnlyFile& source, std::size_t threads)
    : source_(source), workers_(threads), threads_(workers_.count()) {}

void Recoder::begin(const ChunkTask& task) {
  if (task_ == &task) return;
  task_ = &task;
  for (Thread& thread : threads_) {
    thread.encoder = codec::make_encoder(task.codec);
    thread.memory = {};
  }
}

std::vector<RecodedChunk> Recoder::make(const ChunkTask& task, const Slabs& slabs, std::uint64_t number) {
  if (task.keeps_chunks != 0) return copy(task, slabs.stored(number));
  begin(task);
  return recode(task, slabs.slab(number));
}

std::vector<RecodedChunk> Recoder::copy(const ChunkTask& task, std::pair<std::size_t, std::size_t> range) {
  const Shape counts = chunk_counts(task.shape, task.chunk);
  const std::uint64_t in_front = task.begin / task.from_chunk[0];  // rows of chunks that are left out
  std::uint64_t per_row = 1;
  for (std::size_t axis = 1; axis < counts.size(); ++axis) per_row *= counts[axis];
  std::vector<RecodedChunk> chunks;
  std::vector<const hdf5::PlacedChunk*> sources;
  std::size_t bytes = 0;
  for (std::size_t i = range.first; i < range.second; ++i) {
    const std::uint64_t row = task.chunks[i].index / per_row;
    if (row < in_front || row - in_front >= counts[0]) continue;
    sources.push_back(&task.chunks[i]);
    bytes += task.chunks[i].size;
  }
  out_.reserve(bytes);
  std::size_t at = 0;
  for (const hdf5::PlacedChunk* chunk : sources) {
    const std::span<std::byte> place = out_.first(at + chunk->size).subspan(at);
    source_.read(chunk->address, place);
    chunks.push_back({chunk->index - in_front * per_row, chunk->mask, place});
    at += chunk->size;
  }
  return chunks;
}

std::vector<RecodedChunk> Recoder::recode(const ChunkTask& task, const Slab& slab) {
  const Shape from_counts = chunk_counts(task.from_shape, task.from_chunk);
  const Shape counts = chunk_counts(task.shape, task.chunk);
  std::vector<std::uint64_t> sources, targets;
  std::vector<bool> is_touched;
  each_chunk_in(slab.lower, slab.upper, task.chunk, counts, [&](std::uint64_t number) { targets.push_back(number); });
  is_touched.resize(targets.size());
  each_chunk_in(plus(slab.lower, task.begin), plus(slab.upper, task.begin), task.from_chunk, from_counts,
                [&](std::uint64_t number) {
                  const auto found = std::ranges::lower_bound(task.chunks, number, {}, &hdf5::PlacedChunk::index);
                  if (found == task.chunks.end() || found->index != number) return;
                  sources.push_back(static_cast<std::uint64_t>(found - task.chunks.begin()));
                });
  if (sources.empty()) return {};
  const std::size_t bytes = volume(slab) * task.element_bytes;
  slab_.reserve(bytes);
  fill_with(slab_.first(bytes), task.fill);
  const auto nothing = [] {};
  workers_.run(
      sources.size(), [&](std::size_t thread, std::size_t i) { read(task, slab, sources[i], threads_[thread]); },
      nothing);
  const std::size_t capacity = codec::encoded_capacity(task.codec, task.chunk_bytes());
  out_.reserve(capacity * targets.size());
  std::vector<RecodedChunk> chunks(targets.size());
  workers_.run(
      targets.size(),
      [&](std::size_t thread, std::size_t i) {
        const std::span<std::byte> place = out_.first(capacity * (i + 1)).subspan(capacity * i);
        const std::size_t size = encode(task, slab, targets[i], threads_[thread], place);
        chunks[i] = {targets[i], 0, place.first(size)};
      },
      nothing);
  return chunks;
}

/// A chunk of the source, where it is in the slab.
void Recoder::read(const ChunkTask& task, const Slab& slab, std::uint64_t number, Thread& thread) {
  const hdf5::PlacedChunk& chunk = task.chunks[number];
  std::size_t bytes = task.element_bytes;
  for (const std::uint64_t extent : task.from_chunk) bytes *= extent;
  thread.stored.reserve(chunk.size);
  thread.elements.reserve(bytes);
  const std::span<std::byte> elements = thread.elements.first(bytes);
  try {
    source_.read(chunk.address, thread.stored.first(chunk.size));
    thread.decoder.decode(task.filters, thread.stored.first(chunk.size), chunk.mask, elements);
  } catch (const Error& error) {
    throw about(task.path + ": chunk " + std::to_string(chunk.index), error);
  }
  const Shape lower = lower_of(chunk.index, chunk_counts(task.from_shape, task.from_chunk), task.from_chunk);
  // Elements beyond the source's end are not looked at.
  const Shape upper = sum(lower, task.from_chunk);
  const Shape slab_lower = plus(slab.lower, task.begin), slab_upper = plus(slab.upper, task.begin);
  copy_block({lower, upper, elements.data()}, {slab_lower, slab_upper, slab_.data()}, task.element_bytes);
}

/// A chunk of the copy. \return its size
std::size_t Recoder::encode(const ChunkTask& task, const Slab& slab, std::uint64_t number, Thread& thread,
                            std::span<std::byte> out) {
  std::size_t bytes = task.element_bytes;
  for (const std::uint64_t extent : task.chunk) bytes *= extent;
  thread.elements.reserve(bytes);
  std::span<std::byte> elements = thread.elements.first(bytes);
  const Shape lower = lower_of(number, chunk_counts(task.shape, task.chunk), task.chunk);
  const Shape upper = sum(lower, task.chunk);
  bool is_inside = true;
  for (std::size_t axis = 0; axis < upper.size(); ++axis) is_inside = is_inside && upper[axis] <= task.shape[axis];
  if (!is_inside) fill_with(elements, task.fill);
  copy_block({slab.lower, slab.upper, slab_.data()}, {lower, upper, elements.data()}, task.element_bytes);
  std::size_t element_bytes = task.element_bytes;
  if (task.is_single != 0) {
    make_single(elements);
    element_bytes = sizeof(float);
    elements = elements.first(elements.size() / 2);
  }
  return thread.encoder->encode({elements, element_bytes}, thread.memory, out);
}

}  // namespace tessera::tools
