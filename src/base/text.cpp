#include "base/text.hpp"

#include <array>
#include <charconv>

namespace tessera {

namespace {
template <class T>
std::string shortest(T value) {
  std::array<char, 40> buffer{};
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), result.ptr};
}
}  // namespace

std::string exact(double value) { return shortest(value); }
std::string exact(float value) { return shortest(value); }

std::string in_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

std::string list_ranks(const std::vector<int>& ranks) {
  constexpr std::size_t shown = 4;
  std::string text = ranks.size() == 1 ? "rank " : "ranks ";
  const bool all = ranks.size() <= shown;
  const std::size_t count = all ? ranks.size() : shown;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) text += all && i + 1 == count ? " and " : ", ";
    text += std::to_string(ranks[i]);
  }
  if (!all) text += " and " + std::to_string(ranks.size() - shown) + " more";
  return text;
}

}  // namespace tessera
