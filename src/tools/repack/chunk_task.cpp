#include "tools/repack/chunk_task.hpp"

#include <cstring>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "codec/decode.hpp"

namespace tessera::tools {

namespace {

bool same_filters(const std::vector<Filter>& a, const std::vector<Filter>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].number != b[i].number) return false;
    if (a[i].number == 1 && a[i].parameters != b[i].parameters) return false;  // of shuffle HDF5 makes them itself
  }
  return true;
}

/// Appends plain values and lists of them to bytes.
class Output {
 public:
  template <class T>
  void operator()(const T& value) {
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  template <class T>
  void operator()(const std::vector<T>& values) {
    (*this)(values.size());
    bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  }
  void operator()(const std::string& text) { (*this)(std::vector<char>(text.begin(), text.end())); }
  void operator()(const std::vector<Filter>& filters) {
    (*this)(filters.size());
    for (const Filter& filter : filters) (*this)(filter.number), (*this)(filter.parameters);
  }
  std::string bytes;
};

/// Takes them from there in the same order.
class Input {
 public:
  explicit Input(std::string_view bytes) : bytes_(bytes) {}
  bool is_empty() const noexcept { return bytes_.empty(); }
  template <class T>
  void operator()(T& value) {
    take(&value, sizeof value);
  }
  template <class T>
  void operator()(std::vector<T>& values) {
    values.resize(count());
    take(values.data(), values.size() * sizeof(T));
  }
  void operator()(std::string& text) {
    text.resize(count());
    take(text.data(), text.size());
  }
  void operator()(std::vector<Filter>& filters) {
    filters.resize(count());
    for (Filter& filter : filters) (*this)(filter.number), (*this)(filter.parameters);
  }

 private:
  std::size_t count() {
    std::size_t count = 0;
    take(&count, sizeof count);
    if (count > bytes_.size()) throw Error(ErrorCode::internal, "what is to be copied arrived cut short");
    return count;
  }
  void take(void* to, std::size_t size) {
    if (size > bytes_.size()) throw Error(ErrorCode::internal, "what is to be copied arrived cut short");
    if (size > 0) std::memcpy(to, bytes_.data(), size);
    bytes_.remove_prefix(size);
  }
  std::string_view bytes_;
};

template <class Archive, class Task>
void each_member(Archive& archive, Task& one) {
  archive(one.path), archive(one.keeps_chunks), archive(one.is_single), archive(one.element_bytes);
  archive(one.begin), archive(one.from_shape), archive(one.from_chunk), archive(one.filters), archive(one.fill);
  archive(one.chunks), archive(one.shape), archive(one.chunk), archive(one.codec.level), archive(one.codec.shuffle);
}

}  // namespace

std::uint64_t ChunkTask::chunk_bytes() const noexcept {
  std::uint64_t bytes = is_single != 0 ? sizeof(float) : element_bytes;
  for (const std::uint64_t extent : chunk) bytes *= extent;
  return bytes;
}

std::optional<ChunkTask> chunk_task(const hdf5::SurveyedDataset& dataset, const hdf5::ExportChange& change) {
  if (dataset.storage != hdf5::SurveyedDataset::Storage::chunked || dataset.has_variable_length || change.shift != 0)
    return std::nullopt;
  const hdf5::ChunkGrid grid = changed_grid(dataset, change);
  ChunkTask task{.path = dataset.path};
  task.keeps_chunks = keeps_stored_chunks(dataset, change) ? 1 : 0;
  task.is_single = change.single_precision ? 1 : 0;
  task.element_bytes = dataset.grid.element_bytes;
  task.begin = change.begin();
  task.from_shape.assign(dataset.grid.extents.begin(), dataset.grid.extents.end());
  task.from_chunk.assign(dataset.grid.chunk.begin(), dataset.grid.chunk.end());
  task.filters = dataset.filters;
  task.fill = dataset.fill;
  task.chunks = dataset.index.chunks;
  task.shape.assign(grid.extents.begin(), grid.extents.end());
  task.chunk.assign(grid.chunk.begin(), grid.chunk.end());
  if (task.keeps_chunks != 0) return task;
  task.codec = change.codec.value_or(codec_of(dataset.filters));
  const bool is_known = change.codec || same_filters(filters_of(task.codec, task.element_bytes), dataset.filters);
  const bool is_plain = dataset.element && !dataset.is_big_endian && !dataset.has_partial_unfiltered;
  if (!is_known || !is_plain || !codec::can_decode(dataset.filters)) return std::nullopt;
  if (task.chunk_bytes() > static_cast<std::uint64_t>(max_chunk_bytes)) {
    throw Error(ErrorCode::invalid_argument, dataset.path + ": a chunk of " + size_text(task.chunk_bytes()) +
                                                 " is more than the 4 GiB that HDF5 can store");
  }
  return task;
}

std::string to_bytes(const std::vector<ChunkTask>& tasks) {
  Output output;
  for (const ChunkTask& task : tasks) each_member(output, task);
  return std::move(output.bytes);
}

std::vector<ChunkTask> tasks_of(std::string_view bytes) {
  std::vector<ChunkTask> tasks;
  for (Input input(bytes); !input.is_empty();) each_member(input, tasks.emplace_back());
  return tasks;
}

std::vector<std::uint64_t> chunk_counts(const std::vector<std::uint64_t>& shape,
                                        const std::vector<std::uint64_t>& chunk) {
  std::vector<std::uint64_t> counts;
  for (std::size_t axis = 0; axis < chunk.size(); ++axis) {
    counts.push_back(shape[axis] / chunk[axis] + (shape[axis] % chunk[axis] != 0 ? 1 : 0));
  }
  return counts;
}

}  // namespace tessera::tools
