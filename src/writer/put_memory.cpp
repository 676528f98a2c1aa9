#include "writer/put_memory.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "grid/footprint.hpp"
#include "pipeline/copy_put.hpp"

namespace tessera::detail {

namespace {

using pipeline::PutBox;

/// Arrays of at most this many bytes are copied without being asked for.
constexpr std::size_t few_bytes = 64;

/// A digest of elements spread over the owned cells: cheap enough for every put.
std::uint64_t sample_of_single(const PutBox& put) {
  constexpr std::uint64_t most = 16;
  const std::size_t bytes = size_of(put.array.type);
  const Index extents = pipeline::distinct_extents(put);
  const std::uint64_t elements = pipeline::copied_bytes(put) / bytes;
  if (elements == 0) return 0;
  const std::byte* memory = pipeline::owned_memory(put);
  std::array<char, most * 8> sample{};
  std::size_t length = 0;
  const std::uint64_t count = std::min(elements, most);
  for (std::uint64_t n = 0; n < count; ++n, length += bytes) {
    // Evenly spread, the first and the last among them.
    std::uint64_t number = count == 1 ? 0 : (elements - 1) / (count - 1) * n;
    if (n + 1 == count) number = elements - 1;
    std::int64_t offset = 0;
    for (std::size_t axis = extents.size(); axis-- > 0;) {
      const auto extent = static_cast<std::uint64_t>(extents[axis]);
      offset += static_cast<std::int64_t>(number % extent) * put.array.strides[axis];
      number /= extent;
    }
    const auto* element = reinterpret_cast<const char*>(memory) + offset * static_cast<std::int64_t>(bytes);
    std::copy_n(element, bytes, sample.begin() + static_cast<std::ptrdiff_t>(length));
  }
  return digest(std::string_view(sample.data(), length));
}

std::uint64_t sample_of(const PutBox& put) {
  if (put.array.parts.empty()) return sample_of_single(put);
  std::string all;
  for (const PutBox& single : pipeline::single_puts(put)) all += std::to_string(sample_of_single(single)) + " ";
  return digest(all);
}

/// A place in the step's list of puts.
struct Place {
  const FieldEntry* field = nullptr;
  const PutBox* put = nullptr;
};

grid::Footprint footprint_of(const Place& place, const PutBox& put) {
  const auto address = reinterpret_cast<std::uintptr_t>(pipeline::owned_memory(put));
  return grid::footprint(address, size_of(put.array.type), pipeline::distinct_extents(put), put.array.strides,
                         place.field->number);
}

/// Memory that the host cannot read is taken as changed: there a buffer for several boxes is scratch.
bool was_changed(const PutBox& put) { return pipeline::is_on_device(put) || sample_of(put) != put.sample; }

/// The same text on every rank where two fields are concerned, so that the error is told once.
[[noreturn]] void refuse_shared(const Place& one, const Place& other) {
  const auto field = [](const Place& place) { return "field " + in_quotes(place.field->description().name); };
  const std::string remedy = "; put a copy, step.put(field, box, tessera::copied(array)), or give each its own memory";
  if (one.field == other.field) {
    throw Error(ErrorCode::invalid_argument,
                field(one) + ": the boxes " + to_string(one.put->box) + " and " + to_string(other.put->box) +
                    " were put from the same memory, which was changed in between, and is read at commit" + remedy);
  }
  throw Error(ErrorCode::invalid_argument, field(one) + " and " + field(other) +
                                               " were put from the same memory, which is read at commit, so that both "
                                               "would get the same values" +
                                               remedy + ", or for a constant one element with strides of 0");
}

}  // namespace

void take_memory(const std::string& field, PutBox& put, std::size_t& copied_before, std::size_t budget) {
  if (put.box.empty()) return;
  const std::size_t bytes = pipeline::copied_bytes(put);
  const bool on_device = pipeline::is_on_device(put);
  const bool few = bytes <= few_bytes && !on_device;
  const auto& parts = put.array.parts;
  const bool to_be_copied =
      put.array.to_be_copied || std::ranges::any_of(parts, [](const auto& part) { return part.to_be_copied; });
  if (!to_be_copied && !few) {
    if (!on_device) put.sample = sample_of(put);
    return;
  }
  if (to_be_copied && budget != 0 && (bytes > budget || copied_before > budget - bytes)) {
    throw Error(ErrorCode::out_of_memory,
                field + ": the copy of the box " + to_string(put.box) + " takes " + std::to_string(bytes) +
                    " bytes, the copies of this step before it " + std::to_string(copied_before) +
                    ", and Options::memory_budget allows " + std::to_string(budget) +
                    " for all of them; raise it, or put memory that stays until the commit, without tessera::copied");
  }
  pipeline::copy_put(put);
  if (to_be_copied) copied_before += bytes;
}

void check_memory(const StepEntry& step) {
  std::vector<Place> places;
  std::vector<grid::Footprint> footprints;
  const auto take = [&](int number, const PutBox& put) {
    if (put.box.empty()) return;
    const Place place{step.run->fields[static_cast<std::size_t>(number)].get(), &put};
    const auto add = [&](const PutBox& single) {
      places.push_back(place);
      footprints.push_back(footprint_of(place, single));
    };
    if (put.array.parts.empty()) {
      add(put);
    } else {
      for (const PutBox& single : pipeline::single_puts(put)) add(single);
    }
  };
  for (const auto& [number, puts] : step.puts) {
    for (const PutBox& put : puts) take(number, put);
  }
  for (const auto& [number, put] : step.own_puts) take(number, put);
  grid::find_shared(footprints, [&](std::size_t i, std::size_t j) {
    const Place& one = places[i];
    const Place& other = places[j];
    if (one.field != other.field || was_changed(*one.put) || was_changed(*other.put)) refuse_shared(one, other);
    return true;
  });
}

}  // namespace tessera::detail
