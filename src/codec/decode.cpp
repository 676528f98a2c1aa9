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

/// Every filter that there is a way back from: one line each.
constexpr std::array<Stage, 3> stages{{
    {1, 0, true, undo_deflate},
    {2, 0, false, undo_shuffle},
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

void Decoder::decode(std::span<const Filter> filters, std::span<const std::byte> stored, std::uint32_t mask,
                     std::span<std::byte> elements) {
  struct Applied {
    const Filter* filter;
    std::optional<std::size_t> before;  ///< the size of what went into it, where that is known
  };
  std::array<Applied, most_filters> applied{};
  std::size_t count = 0;
  std::optional<std::size_t> size = elements.size();
  for (std::size_t i = 0; i < filters.size(); ++i) {
    if ((mask >> i & 1) != 0) continue;
    applied[count++] = {&filters[i], size};
    const Stage& stage = *stage_of(filters[i]);
    size = stage.any_size || !size ? std::nullopt : std::optional(*size + stage.longer);
  }
  if (count == 0) {
    if (stored.size() != elements.size()) wrong_size(stored.size(), elements.size());
    std::ranges::copy(stored, elements.begin());
  }
  while (count-- > 0) {
    const auto& [filter, before] = applied[count];
    const Stage& stage = *stage_of(*filter);
    Buffer& buffer = between_[count % 2];
    if (!before && stored.size() < stage.longer) wrong_size(stored.size(), stage.longer);
    const std::size_t bytes = before ? *before : stored.size() - stage.longer;
    if (count > 0) buffer.reserve(bytes);
    const std::span<std::byte> out = count == 0 ? elements : buffer.first(bytes);
    stage.undo(*this, *filter, stored, out);
    stored = out;
  }
}

}  // namespace tessera::codec
