#include "schema/limits.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <tessera/box.hpp>
#include <tessera/error.hpp>

#include "base/extents.hpp"
#include "base/refuse.hpp"
#include "base/saturate.hpp"
#include "base/text.hpp"

namespace tessera::schema {

namespace {

Error refusal(const std::string& message) { return {ErrorCode::invalid_argument, message}; }

/// HDF5 ends at 65535; the rest is for what the library and readers add.
constexpr std::size_t max_attributes = 65000;

constexpr std::int64_t max_chunks = std::int64_t{1} << 32;

/// As src/hdf5/attribute.cpp stores it: strings of an array are as long as the longest.
struct StoredBytes {
  std::size_t operator()(const std::string& text) const { return text.size(); }
  std::size_t operator()(const std::vector<std::string>& texts) const {
    std::size_t longest = 1;
    for (const std::string& text : texts) longest = std::max(longest, text.size());
    return texts.size() * longest;
  }
  std::size_t operator()(const std::vector<bool>& values) const { return values.size(); }
  template <class T>
  std::size_t operator()(const std::vector<T>& values) const {
    return values.size() * sizeof(T);
  }
  template <class T>
  std::size_t operator()(const T& value) const {
    return sizeof value;
  }
};

std::int64_t step_bytes(const Field& field) { return tessera::bytes_of(field.shape(), field.cell_bytes()); }

/// Those that it will have at least where the chunk is not known yet.
std::int64_t chunks_of_step(const Field& field) {
  return field.chunk.empty() ? step_bytes(field) / (max_chosen_chunk / 4) : count_chunks(field.shape(), field.chunk);
}

}  // namespace

void check_bytes(const std::string& what, const Field& field) {
  constexpr std::int64_t most = std::int64_t{1} << 62;
  const std::int64_t bytes = step_bytes(field);
  if (bytes <= most) return;
  refuse(what + " has " + to_string(field.shape()) + " cells of " + std::to_string(field.cell_bytes()) +
         " bytes, together more than the 2^62 bytes that a file can hold; make the grid smaller");
}

std::int64_t least_chunk_bytes(const Field& field, std::int64_t steps) {
  const std::int64_t bytes = saturating_product(step_bytes(field), std::max<std::int64_t>(1, steps));
  // Padding at the far edges can make chunks up to twice as many.
  return std::min(bytes / (max_chunks / 2), max_chosen_chunk / 2);
}

void check_chunk_count(const std::string& what, const Field& field, std::int64_t steps) {
  if (has_too_many_chunks(field, steps)) throw too_many_chunks(what, field, steps);
}

bool has_too_many_chunks(const Field& field, std::int64_t steps) {
  const std::int64_t in_a_chunk = field.spans_steps() ? field.chunk_steps : 1;
  return saturating_product(chunks_of_step(field), std::max<std::int64_t>(1, steps / in_a_chunk)) > max_chunks;
}

Error too_many_chunks(const std::string& what, const Field& field, std::int64_t steps) {
  const std::string chunks =
      field.chunk.empty()
          ? size_text(step_bytes(field)) + ", too much for chunks of 16 MiB, the largest that are chosen,"
          : std::to_string(chunks_of_step(field)) + " chunks of " + to_string(field.chunk);
  return refusal(what + " has " + chunks + (steps > 1 ? " in each of " + std::to_string(steps) + " steps" : "") +
                 ", and HDF5 numbers the chunks of a dataset in 32 bits; give larger ones with FieldOptions::chunk" +
                 (steps > 1 ? ", or go on in another run" : ""));
}

std::size_t stored_bytes(const AttributeValue& value) { return std::visit(StoredBytes{}, value.storage()); }

void check_attribute_count(const std::string& what, std::size_t count) {
  if (count <= max_attributes) return;
  refuse(what + " has " + std::to_string(count) + " attributes; " + std::to_string(max_attributes) +
         " are possible. Keep series of values in arrays");
}

void check_attribute_bytes(const std::string& what, const AttributeValue& value) {
  check_attribute_bytes(what, stored_bytes(value));
}

void check_attribute_bytes(const std::string& what, std::size_t bytes) {
  constexpr std::size_t most = std::size_t{64} << 20;
  if (bytes <= most) return;
  refuse(what + " has " + std::to_string(bytes) + " bytes; an attribute can have " + std::to_string(most) +
         ". Store that much in a static field");
}

void check_series_count(const std::string& what, std::size_t count, std::size_t most, const std::string& engine) {
  if (count <= most) return;
  refuse(what + " has " + std::to_string(most) + " fields and scalars, as many as the " + engine +
         " engine can keep; go on in another run, or put several values into one field with FieldOptions::components");
}

}  // namespace tessera::schema
