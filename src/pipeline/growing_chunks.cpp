#include "pipeline/growing_chunks.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include "base/fill_elements.hpp"
#include "base/filters.hpp"
#include "codec/decode.hpp"

namespace tessera::pipeline {

namespace {

/// Chunks of fields that are not written any more, as those of other runs, stay in memory up to this.
constexpr std::size_t most_kept_bytes = std::size_t{64} << 20;

std::set<std::string> new_datasets(const schema::Operations& definitions) {
  std::set<std::string> paths;
  for (const auto& operation : definitions) {
    if (const auto* made = std::get_if<schema::CreateDataset>(&operation)) paths.insert(made->path);
  }
  return paths;
}

}  // namespace

void GrowingChunks::add_to(hdf5::Record& record, const Commit& commit, std::span<const StepRow> rows,
                           hdf5::TreeSet& trees) {
  std::set<std::string> changed;
  for (const auto& operation : commit.definitions) {
    const auto* cut = std::get_if<schema::CutSteps>(&operation);
    if (cut == nullptr) continue;
    if (cut->length == cut->chunk_begin()) {
      fields_.erase(cut->path);  // what a commit that failed had read of it is not to be kept
      continue;
    }
    begin(cut->path, cut->chunk, cut->length, false, trees).found.reset();  // the cut makes it free
    changed.insert(cut->path);
  }
  std::set<std::string> made;
  if (!rows.empty()) made = new_datasets(commit.definitions);
  for (const StepRow& row : rows) {
    const FieldData& data = commit.fields.at(row.field);
    const std::int64_t step = data.step.value();
    Growing& growing =
        begin(data.field->path, data.field->spanning_chunk(), step, made.contains(data.field->path), trees);
    const std::int64_t number = step - growing.first_step;
    std::ranges::copy(row.bytes, growing.raw.begin() + number * growing.chunk.step_bytes);
    growing.now = number + 1;
    changed.insert(data.field->path);
  }
  for (const std::string& path : changed) encode(fields_.at(path), path, record);
}

/// Has in memory what the chunk of a step has before that step.
GrowingChunks::Growing& GrowingChunks::begin(const std::string& path, const schema::SpanningChunk& chunk,
                                             std::int64_t step, bool is_new, hdf5::TreeSet& trees) {
  Growing& growing = fields_[path];
  growing.chunk = chunk;
  growing.is_changed = true;
  const std::int64_t first = chunk.begin_of(step);
  if (growing.first_step != first) {
    // A later one is in memory where a commit failed, and then more steps were dropped.
    const bool is_behind = growing.first_step >= 0 && growing.first_step < first;
    const bool may_be_in_file = !is_behind && !is_new && step > first;
    growing.first_step = -1;
    growing.in_file = 0;
    growing.found.reset();
    growing.raw.resize(static_cast<std::size_t>(chunk.steps * chunk.step_bytes));
    if (may_be_in_file) read_back(growing, path, first, trees);
    growing.first_step = first;
  }
  growing.in_file = std::min(growing.in_file, step - first);
  growing.now = growing.in_file;
  clear_from(growing, growing.in_file);
  return growing;
}

/// As if nobody had put the steps from here on.
void GrowingChunks::clear_from(Growing& growing, std::int64_t row) {
  fill_elements(std::span(growing.raw).subspan(row * growing.chunk.step_bytes), growing.chunk.fill);
}

void GrowingChunks::read_back(Growing& growing, const std::string& path, std::int64_t first, hdf5::TreeSet& trees) {
  const auto stored = trees.stored_chunk(path, first);
  if (!stored) return;
  const std::size_t element_bytes = size_of(growing.chunk.type);
  std::vector<Filter> filters = filters_of(growing.chunk.codec, element_bytes);
  // HDF5 tells the shuffle filter in the file how long elements are.
  if (uses_shuffle(growing.chunk.codec, element_bytes)) {
    filters.front().parameters = {static_cast<unsigned>(element_bytes)};
  }
  try {
    codec::Decoder().decode(filters, stored->bytes, stored->mask, growing.raw);
  } catch (const Error& error) {
    throw Error(error.code(), "the chunk of " + path + " that begins with step " + std::to_string(first) +
                                  " cannot be gone on with: " + error.what());
  }
  growing.found = stored->extent;
  growing.in_file = growing.chunk.steps;
}

void GrowingChunks::encode(Growing& growing, const std::string& path, hdf5::Record& record) {
  hdf5::GrowingChunk one;
  one.set = record.chunks.size();
  one.replaced = growing.found;
  one.is_complete = growing.now == growing.chunk.steps;
  one.most = codec::encoded_capacity(growing.chunk.codec, growing.raw.size());
  if (has_filters(growing.chunk.codec)) {
    encoded_.resize(one.most);
    const codec::Chunk chunk{growing.raw, size_of(growing.chunk.type)};
    const std::size_t size = encoder_for(growing.chunk.codec).encode(chunk, growing.memory, encoded_);
    one.bytes.assign(encoded_.begin(), encoded_.begin() + static_cast<std::ptrdiff_t>(size));
  } else {
    one.bytes = growing.raw;
  }
  hdf5::PlacedChunks& set = record.chunks.emplace_back();
  set.dataset = path;
  set.step = growing.first_step;
  set.steps = growing.chunk.steps;
  record.growing.push_back(std::move(one));
}

codec::Encoder& GrowingChunks::encoder_for(const Codec& codec) {
  const auto known = std::ranges::find(encoders_, codec, [](const auto& one) { return one.first; });
  if (known != encoders_.end()) return *known->second;
  return *encoders_.emplace_back(codec, codec::make_encoder(codec)).second;
}

void GrowingChunks::committed() noexcept {
  std::size_t bytes = 0;
  for (auto& [path, growing] : fields_) {
    bytes += growing.raw.size();
    if (!growing.is_changed) continue;
    growing.in_file = growing.now;
    growing.found.reset();
  }
  if (bytes > most_kept_bytes) std::erase_if(fields_, [](const auto& one) { return !one.second.is_changed; });
  for (auto& one : fields_) one.second.is_changed = false;
}

/// What was put is replaced by the next step, or cleared before.
void GrowingChunks::failed() noexcept {
  for (auto& one : fields_) one.second.is_changed = false;
}

}  // namespace tessera::pipeline
