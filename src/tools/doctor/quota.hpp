#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::doctor {

/// What a user or a group has used of what they may use. Limits: the hard one, else the soft one; 0: none.
struct Quota {
  std::string whose;  ///< "user", "group"
  std::uint64_t bytes = 0;
  std::uint64_t bytes_limit = 0;
  std::uint64_t files = 0;
  std::uint64_t files_limit = 0;
};

/// From one line of `lfs quota -q` or quota(1): a name, then KiB used, soft and hard limit, a time of grace, and the
/// same for files. A star marks what is over its limit; times of grace are no numbers, and are missing sometimes.
std::optional<Quota> parse_quota_line(std::string_view line, const std::string& whose);

/// The quotas on the file system of a directory, with a limit, from the first that knows any: lfs, the kernel,
/// quota(1).
std::vector<Quota> quotas_of(const std::string& directory);

}  // namespace tessera::doctor
