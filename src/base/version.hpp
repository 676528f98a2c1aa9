#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace tessera {

/// The version of a library, for comparisons.
struct Version {
  int major = 0;
  int minor = 0;
  int patch = 0;
  friend auto operator<=>(const Version&, const Version&) = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14
};

/// "4.1.4"
std::string to_string(const Version& version);

/// The first number with a point in a text, and what follows it: "v4.1.4rc2, repo rev" is 4.1.4, "2021.9" is 2021.9.0;
/// 0.0.0 where there is none.
Version find_version(std::string_view text);

}  // namespace tessera
