#include "codec/decode.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include <tessera/error.hpp>

#include "codec/fletcher32.hpp"
#include "codec/unshuffle.hpp"

namespace tessera::codec {

namespace {

using Bytes = std::span<const std::byte>;

/// How one filter is undone.
struct Stage {
  int filter;          ///< HDF5's number
  std::size_t longer;  ///< bytes that the filter adds
  bool any_size;       ///< what it makes has a size that only the file knows
  void (*undo)(Decoder& decoder, const Filter& filter, Bytes in, std::span<std::byte> out);
};

void undo_deflate(Decoder& decoder, const Filter&, Bytes in, std::span<std::byte> out) {
  decoder.inflater().inflate(in, out);
}

[[noreturn]] void wrong_size(std::size_t there, std::size_t wanted) {
  throw Error(ErrorCode::hdf5,
              "it has " + std::to_string(there) + " bytes where it should have " + std::to_string(wanted));
}

void undo_shuffle(Decoder&, const Filter& filter, Bytes in, std::span<std::byte> out) {
  if (in.size() != out.size()) wrong_size(in.size(), out.size());
  const std::size_t element = filter.parameters.empty() ? 0 : filter.parameters[0];
  if (element < 2) {
    std::ranges::copy(in, out.begin());
  } else {
    unshuffle(in, element, out);
  }
}

void undo_fletcher32(Decoder&, const Filter&, Bytes in, std::span<std::byte> out) {
  if (in.size() != out.size() + fletcher32_bytes) wrong_size(in.size(), out.size() + fletcher32_bytes);
  if (!ends_with_fletcher32(in)) throw Error(ErrorCode::hdf5, "its checksum (fletcher32) is wrong");
  std::ranges::copy(in.first(out.size()), out.begin());
}

constexpr int shuffle_filter = 2;

/// Every filter that there is a way back from: one line each.
constexpr std::array<Stage, 3> stages{{
    {1, 0, true, undo_deflate},
    {shuffle_filter, 0, false, undo_shuffle},
    {3, fletcher32_bytes, false, undo_fletcher32},
}};

constexpr std::size_t most_filters = 32;  // as many as the mask has bits

const Stage* stage_of(const Filter& filter) noexcept {
  const auto* const found = std::ranges::find(stages, filter.number, &Stage::filter);
  return found == stages.end() ? nullptr : found;
}

}  // namespace

bool can_decode(std::span<const Filter> filters) noexcept {
  const auto is_known = [](const Filter& filter) { return stage_of(filter) != nullptr; };
  return filters.size() <= most_filters && std::ranges::all_of(filters, is_known);
}

/// The filters that a chunk went through.
struct Decoder::Applied {
  struct One {
    const Filter* filter;
    std::optional<std::size_t> before;  ///< the size of what went into it, where that is known
  };
  std::array<One, most_filters> all;
  std::size_t count = 0;

  Applied(std::span<const Filter> filters, std::uint32_t mask, std::size_t bytes) {
    std::optional<std::size_t> size = bytes;
    for (std::size_t i = 0; i < filters.size(); ++i) {
      if ((mask >> i & 1) != 0) continue;
      all[count++] = {&filters[i], size};
      const Stage& stage = *stage_of(filters[i]);
      size = stage.any_size || !size ? std::nullopt : std::optional(*size + stage.longer);
    }
  }
};

void Decoder::decode(std::span<const Filter> filters, std::span<const std::byte> stored, std::uint32_t mask,
                     std::span<std::byte> elements) {
  const Applied applied(filters, mask, elements.size());
  if (applied.count > 0) {
    undo(applied, 0, stored, elements);
    return;
  }
  if (stored.size() != elements.size()) wrong_size(stored.size(), elements.size());
  std::ranges::copy(stored, elements.begin());
}

Decoded Decoder::decode(std::span<const Filter> filters, std::span<const std::byte> stored, std::uint32_t mask,
                        std::size_t size) {
  const Applied applied(filters, mask, size);
  std::size_t planes = 1;
  if (applied.count > 0) {
    const Filter& first = *applied.all[0].filter;
    if (first.number == shuffle_filter && !first.parameters.empty()) planes = first.parameters[0];
    if (planes < 2 || size % planes != 0) planes = 1;
  }
  const auto bytes = undo(applied, planes > 1 ? 1 : 0, stored, {});
  if (bytes.size() != size) wrong_size(bytes.size(), size);
  return {bytes, planes};
}

/// Down to the filter `least`, which is undone into `elements` where that is not empty.
std::span<const std::byte> Decoder::undo(const Applied& applied, std::size_t least, std::span<const std::byte> stored,
                                         std::span<std::byte> elements) {
  for (std::size_t number = applied.count; number-- > least;) {
    const auto& [filter, before] = applied.all[number];
    const Stage& stage = *stage_of(*filter);
    if (!before && stored.size() < stage.longer) wrong_size(stored.size(), stage.longer);
    const std::size_t bytes = before ? *before : stored.size() - stage.longer;
    std::span<std::byte> out = elements;
    if (number > 0 || elements.empty()) {
      Buffer& buffer = between_[number % 2];
      buffer.reserve(bytes);
      out = buffer.first(bytes);
    }
    stage.undo(*this, *filter, stored, out);
    stored = out;
  }
  return stored;
}

}  // namespace tessera::codec
