#include "base/filters.hpp"

#include <tessera/error.hpp>

namespace tessera {

namespace {

constexpr int deflate = 1;
constexpr int shuffle = 2;

}  // namespace

bool has_filters(const Codec& codec) noexcept { return codec.level > 0; }

bool uses_shuffle(const Codec& codec, std::size_t element_bytes) noexcept {
  return has_filters(codec) && codec.shuffle && element_bytes > 1;
}

std::vector<Filter> filters_of(const Codec& codec, std::size_t element_bytes) {
  std::vector<Filter> filters;
  if (!has_filters(codec)) return filters;
  if (uses_shuffle(codec, element_bytes)) filters.push_back({shuffle, {}});
  filters.push_back({deflate, {static_cast<unsigned>(codec.level)}});
  return filters;
}

void check_codec(const Codec& codec, const std::string& what) {
  if (codec.level >= 0 && codec.level <= 9) return;
  throw Error(ErrorCode::invalid_argument,
              what + " has the codec level " + std::to_string(codec.level) + ", which is not between 0 (none) and 9");
}

std::string to_string(const Codec& codec) {
  return "level " + std::to_string(codec.level) + (codec.shuffle ? " with shuffle" : " without shuffle");
}

std::string describe_filters(const Codec& codec, std::size_t element_bytes) {
  if (!has_filters(codec)) return "not compressed";
  return (uses_shuffle(codec, element_bytes) ? "shuffle + deflate level " : "deflate level ") +
         std::to_string(codec.level);
}

}  // namespace tessera
