#include "base/filters.hpp"

#include <algorithm>
#include <array>
#include <span>

#include <tessera/error.hpp>

namespace tessera {

namespace {

/// A filter that codecs ask for: all that is known of it but what it does to the bytes (src/codec).
struct KnownFilter {
  int number;       ///< as HDF5 has registered it
  bool compresses;  ///< makes chunks smaller, by how much depends on their bytes
  bool (*is_in)(const Codec& codec, std::size_t element_bytes);
  std::vector<unsigned> (*parameters)(const Codec& codec);
  std::string (*text)(const Codec& codec);
  void (*note)(Codec& codec, std::span<const unsigned> parameters);  ///< it was found in a file
};

/// There is nothing to shuffle in elements of one byte.
bool is_shuffled(const Codec& codec, std::size_t element_bytes) {
  return codec.level > 0 && codec.shuffle && element_bytes > 1;
}
bool is_deflated(const Codec& codec, std::size_t /*element_bytes*/) { return codec.level > 0; }

/// In the order in which a chunk goes through them when it is written.
constexpr std::array known_filters{
    KnownFilter{2, false, is_shuffled, [](const Codec&) { return std::vector<unsigned>(); },
                [](const Codec&) { return std::string("shuffle"); },
                [](Codec& codec, std::span<const unsigned>) { codec.shuffle = true; }},
    KnownFilter{1, true, is_deflated,
                [](const Codec& codec) { return std::vector<unsigned>{static_cast<unsigned>(codec.level)}; },
                [](const Codec& codec) { return "deflate level " + std::to_string(codec.level); },
                [](Codec& codec, std::span<const unsigned> parameters) {
                  if (!parameters.empty()) codec.level = static_cast<int>(parameters[0]);
                }},
};

}  // namespace

std::vector<Filter> filters_of(const Codec& codec, std::size_t element_bytes) {
  std::vector<Filter> filters;
  for (const KnownFilter& filter : known_filters) {
    if (filter.is_in(codec, element_bytes)) filters.push_back({filter.number, filter.parameters(codec)});
  }
  return filters;
}

Codec codec_of(const std::vector<Filter>& filters) {
  Codec codec = Codec::none();
  for (const Filter& filter : filters) {
    const auto known = std::ranges::find(known_filters, filter.number, &KnownFilter::number);
    if (known != known_filters.end()) known->note(codec, filter.parameters);
  }
  return codec;
}

bool has_filters(const Codec& codec) noexcept {
  return std::ranges::any_of(known_filters,
                             [&](const KnownFilter& one) { return one.is_in(codec, detail::max_element_bytes); });
}

bool compresses(const Codec& codec) noexcept {
  return std::ranges::any_of(known_filters, [&](const KnownFilter& one) {
    return one.compresses && one.is_in(codec, detail::max_element_bytes);
  });
}

bool uses_shuffle(const Codec& codec, std::size_t element_bytes) noexcept { return is_shuffled(codec, element_bytes); }

void check_codec(const Codec& codec, const std::string& what) {
  if (codec.level >= 0 && codec.level <= 9) return;
  throw Error(ErrorCode::invalid_argument,
              what + " has the codec level " + std::to_string(codec.level) + ", which is not between 0 (none) and 9");
}

std::string to_string(const Codec& codec) {
  const auto& [level, with_shuffle] = codec;  // all there are: ranks compare this text
  return "level " + std::to_string(level) + (with_shuffle ? " with shuffle" : " without shuffle");
}

std::string describe_filters(const Codec& codec, std::size_t element_bytes) {
  std::string text;
  for (const KnownFilter& filter : known_filters) {
    if (filter.is_in(codec, element_bytes)) text += (text.empty() ? "" : " + ") + filter.text(codec);
  }
  return text.empty() ? "not compressed" : text;
}

}  // namespace tessera
