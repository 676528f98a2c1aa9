#include <algorithm>
#include <charconv>

#include "tools/doctor/checks.hpp"
#include "tools/doctor/program.hpp"
#include "tools/doctor/text.hpp"

namespace tessera::doctor {

namespace {

/// The largest number behind "stripe_count:" (a layout may have several parts); -1 means all storage targets, and comes
/// out largest; nothing where there is none.
std::optional<int> stripe_count(const std::string& text) {
  constexpr std::string_view key = "stripe_count:";
  std::optional<int> most;
  for (auto place = text.find(key); place != std::string::npos; place = text.find(key, place + 1)) {
    auto begin = place + key.size();
    while (begin < text.size() && text[begin] == ' ') ++begin;
    int count = 0;
    const auto [end, error] = std::from_chars(text.data() + begin, text.data() + text.size(), count);
    if (error != std::errc()) continue;
    if (count == -1) return count;
    most = std::max(most.value_or(0), count);
  }
  return most;
}

}  // namespace

Finding check_striping(const Target& target) {
  constexpr const char* name = "striping";
  const auto text = output_of({"lfs", "getstripe", "-d", target.directory});
  if (!text) return {Status::ok, name, "no lfs here"};
  const auto count = stripe_count(*text);
  if (!count) return {Status::ok, name, "not on Lustre"};
  if (*count == -1) return {Status::ok, name, "new files lie on all storage targets"};
  const std::string seen = "new files lie on " + count_text(*count, "storage target");
  if (*count > 1 || target.ranks == 1) return {Status::ok, name, seen};
  return {Status::warning, name, seen + ", which " + count_text(target.ranks, "rank") + " will share",
          "before the file is made: lfs setstripe --stripe-count " + std::to_string(std::max(4, target.nodes)) +
              " --stripe-size 4M " + target.directory};
}

}  // namespace tessera::doctor
