#include "tools/diff/compare_field.hpp"

#include <algorithm>
#include <deque>
#include <mutex>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <tessera/error.hpp>

#include "base/buffer.hpp"
#include "base/extents.hpp"
#include "base/fill_elements.hpp"
#include "base/workers.hpp"
#include "codec/decode.hpp"

namespace tessera::tools {

namespace {

bool have_same_chunks(const FieldSide& a, const FieldSide& b) {
  return a.field->storage.is_plain && b.field->storage.is_plain && a.field->field.chunk == b.field->field.chunk &&
         a.field->field.stored == b.field->field.stored;
}

bool can_decode(const FieldSide& side) { return codec::can_decode(side.field->storage.filters); }

bool have_same_filters(const FieldSide& a, const FieldSide& b) {
  return std::ranges::equal(a.field->storage.filters, b.field->storage.filters,
                            [](const Filter& one, const Filter& two) {
                              return one.number == two.number && one.parameters == two.parameters;
                            });
}

std::int64_t cells_of(const Index& shape) {
  std::int64_t cells = 1;
  for (const std::int64_t extent : shape) cells *= extent;
  return cells;
}

/// One chunk of one file.
class ChunkOf {
 public:
  explicit ChunkOf(const FieldSide& side) : side_(side) {}

  void find(std::uint64_t number) {
    const auto& chunks = side_.dataset->index.chunks;
    const auto found = std::ranges::lower_bound(chunks, number, {}, &hdf5::PlacedChunk::index);
    chunk_ = found != chunks.end() && found->index == number ? &*found : nullptr;
    if (chunk_ == nullptr) return;
    stored_.reserve(chunk_->size);
    side_.survey->file().read(chunk_->address, stored());
  }

  bool has_same_bytes(const ChunkOf& other) const {
    if (chunk_ == nullptr || other.chunk_ == nullptr) {
      return chunk_ == other.chunk_ && side_.field->storage.fill == other.side_.field->storage.fill;
    }
    const auto number = [](const Filter& filter) { return filter.number; };
    const auto& filters = side_.field->storage.filters;
    const auto& others = other.side_.field->storage.filters;
    return chunk_->mask == other.chunk_->mask && std::ranges::equal(filters, others, {}, number, number) &&
           std::ranges::equal(stored(), other.stored());
  }

  const std::byte* elements(std::size_t bytes) {
    elements_.reserve(bytes);
    if (chunk_ != nullptr) {
      decoder_.decode(side_.field->storage.filters, stored(), chunk_->mask, elements_.first(bytes));
      return elements_.data();
    }
    fill_elements(elements_.first(bytes), side_.field->storage.fill);
    return elements_.data();
  }

 private:
  std::span<std::byte> stored() const { return stored_.first(chunk_->size); }

  const FieldSide& side_;
  const hdf5::PlacedChunk* chunk_ = nullptr;
  codec::Decoder decoder_;
  Buffer stored_;
  Buffer elements_;
};

/// Compares what a chunk has of the field, row by row along the last axis.
class ChunkRows {
 public:
  explicit ChunkRows(const schema::Field& field)
      : field_(field), shape_(field.shape()), counts_(chunk_counts(shape_, field.chunk)),
        element_bytes_(size_of(field.stored)) {}

  std::uint64_t per_step() const { return static_cast<std::uint64_t>(cells_of(counts_)); }
  std::size_t chunk_bytes() const {
    return static_cast<std::size_t>(cells_of(field_.chunk) * field_.components) * element_bytes_;
  }

  void compare(std::uint64_t number, const std::byte* a, const std::byte* b, const Tolerance& tolerance,
               Tally& tally) const {
    const auto step = static_cast<std::int64_t>(number / per_step());
    auto rest = static_cast<std::int64_t>(number % per_step());
    Index lower = shape_;
    Index part = shape_;
    for (std::size_t axis = shape_.size(); axis-- > 0; rest /= counts_[axis]) {
      lower[axis] = rest % counts_[axis] * field_.chunk[axis];
      part[axis] = std::min(field_.chunk[axis], shape_[axis] - lower[axis]);
    }
    const std::size_t last = shape_.size() - 1;
    const std::int64_t rows = cells_of(part) / part[last];
    for (std::int64_t row = 0; row < rows; ++row) {
      std::int64_t in_chunk = 0;
      std::int64_t in_field = 0;
      std::int64_t chunk_stride = field_.chunk[last];
      std::int64_t field_stride = shape_[last];
      std::int64_t left = row;
      for (std::size_t axis = last; axis-- > 0; left /= part[axis]) {
        in_chunk += left % part[axis] * chunk_stride;
        in_field += (lower[axis] + left % part[axis]) * field_stride;
        chunk_stride *= field_.chunk[axis];
        field_stride *= shape_[axis];
      }
      const std::size_t offset = static_cast<std::size_t>(in_chunk * field_.components) * element_bytes_;
      const std::int64_t place = (step * cells_of(shape_) + in_field + lower[last]) * field_.components;
      tools::compare(field_.stored, a + offset, b + offset, static_cast<std::size_t>(part[last] * field_.components),
                     tolerance, static_cast<std::uint64_t>(place), tally);
    }
  }

  std::uint64_t values_of(std::uint64_t number) const {
    auto rest = static_cast<std::int64_t>(number % per_step());
    std::int64_t cells = field_.components;
    for (std::size_t axis = shape_.size(); axis-- > 0; rest /= counts_[axis]) {
      const std::int64_t lower = rest % counts_[axis] * field_.chunk[axis];
      cells *= std::min(field_.chunk[axis], shape_[axis] - lower);
    }
    return static_cast<std::uint64_t>(cells);
  }

 private:
  static Index chunk_counts(const Index& shape, const Index& chunk) {
    Index counts;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      counts.push_back((shape[axis] + chunk[axis] - 1) / chunk[axis]);
    }
    return counts;
  }

  const schema::Field& field_;
  Index shape_;
  Index counts_;
  std::size_t element_bytes_;
};

Tally compare_chunks(const FieldSide& a, const FieldSide& b, std::uint64_t steps, const Tolerance& tolerance,
                     std::size_t threads, std::uint64_t& same_bytes) {
  const ChunkRows rows(a.field->field);
  const std::uint64_t count = rows.per_step() * steps;
  constexpr std::uint64_t per_job = 16;
  const std::uint64_t jobs = (count + per_job - 1) / per_job;
  Workers workers(std::max<std::size_t>(1, std::min<std::size_t>(threads, jobs)));
  std::deque<std::pair<ChunkOf, ChunkOf>> both;  // of each thread
  for (std::size_t i = 0; i < workers.count(); ++i) {
    both.emplace_back(std::piecewise_construct, std::forward_as_tuple(a), std::forward_as_tuple(b));
  }
  std::mutex mutex;
  Tally all;
  const auto job = [&](std::size_t thread, std::size_t first) {
    Tally tally;
    std::uint64_t same = 0;
    auto& [first_side, second_side] = both[thread];
    for (std::uint64_t number = first * per_job; number < std::min(count, (first + 1) * per_job); ++number) {
      first_side.find(number);
      second_side.find(number);
      if (first_side.has_same_bytes(second_side)) {
        ++same;
        tally.compared += rows.values_of(number);
      } else {
        const std::size_t bytes = rows.chunk_bytes();
        rows.compare(number, first_side.elements(bytes), second_side.elements(bytes), tolerance, tally);
      }
    }
    const std::lock_guard lock(mutex);
    all.add(tally);
    same_bytes += same;
  };
  workers.run(jobs, job, [] {});
  return all;
}

/// Where all chunks have the same bytes nothing has to be decoded: nobody here may know their filters.
std::optional<Tally> compare_bytes(const FieldSide& a, const FieldSide& b, std::uint64_t steps,
                                   std::uint64_t& same_bytes) {
  const ChunkRows rows(a.field->field);
  ChunkOf first(a);
  ChunkOf second(b);
  Tally tally;
  const std::uint64_t count = rows.per_step() * steps;
  for (std::uint64_t number = 0; number < count; ++number) {
    first.find(number);
    second.find(number);
    if (!first.has_same_bytes(second)) return {};
    tally.compared += rows.values_of(number);
  }
  same_bytes += count;
  return tally;
}

void require_filters(const FieldSide& side) {
  if (hdf5::Survey::has_filters(*side.dataset)) return;
  std::string numbers;
  for (const Filter& filter : side.dataset->filters) numbers += " " + std::to_string(filter.number);
  throw Error(ErrorCode::hdf5, side.dataset->path +
                                   " differs in its chunks' bytes or layout, and its values cannot be " +
                                   "compared: HDF5 lacks a filter of those that it has passed (" + numbers.substr(1) +
                                   "); name the directory of its plugin with HDF5_PLUGIN_PATH");
}

/// Slabs of the slowest axis, read by HDF5 as the type that holds the values of both.
Tally compare_slabs(const FieldSide& a, const FieldSide& b, std::optional<std::int64_t> steps,
                    const Tolerance& tolerance) {
  constexpr std::int64_t max_bytes = std::int64_t{16} << 20;
  const schema::Field& field = a.field->field;
  const DataType type = field.stored == b.field->field.stored ? field.stored : DataType::float64;
  const Index shape = field.shape();
  const std::int64_t all = cells_of(shape) * field.components;
  const std::int64_t layer = shape[0] > 0 ? all / shape[0] : 0;
  const auto bytes = static_cast<std::int64_t>(size_of(type));
  const std::int64_t thick = std::max<std::int64_t>(1, max_bytes / std::max<std::int64_t>(layer * bytes, 1));
  std::vector<std::byte> first;
  std::vector<std::byte> second;
  Tally tally;
  for (std::int64_t step = 0; step < steps.value_or(1) && all > 0; ++step) {
    for (std::int64_t begin = 0; begin < shape[0]; begin += thick) {
      Box box{Index::filled(shape.size(), 0), shape};
      box.lower[0] = begin;
      box.upper[0] = std::min(begin + thick, shape[0]);
      const std::int64_t count = (box.upper[0] - begin) * layer;
      first.resize(static_cast<std::size_t>(count * bytes));
      second.resize(first.size());
      a.survey->read_box(*a.field, step, box, type, first.data());
      b.survey->read_box(*b.field, step, box, type, second.data());
      compare(type, first.data(), second.data(), static_cast<std::size_t>(count), tolerance,
              static_cast<std::uint64_t>(step * all + begin * layer), tally);
    }
  }
  return tally;
}

}  // namespace

Tally compare_fields(const FieldSide& a, const FieldSide& b, std::optional<std::int64_t> steps,
                     const Tolerance& tolerance, std::size_t threads, std::uint64_t& same_bytes) {
  const auto count = static_cast<std::uint64_t>(steps.value_or(1));
  if (have_same_chunks(a, b)) {
    if (can_decode(a) && can_decode(b)) return compare_chunks(a, b, count, tolerance, threads, same_bytes);
    if (have_same_filters(a, b)) {
      if (const auto same = compare_bytes(a, b, count, same_bytes)) return *same;
    }
  }
  for (const FieldSide& side : {a, b}) require_filters(side);
  return compare_slabs(a, b, steps, tolerance);
}

}  // namespace tessera::tools
