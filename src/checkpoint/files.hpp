#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// \file
/// The files of a simulation's checkpoints. For one rank.

namespace tessera::detail {

/// "state.000012.h5"
std::string checkpoint_file(const std::string& path, std::int64_t number);
/// "state.unfinished.h5"
std::string unfinished_checkpoint(const std::string& path);

/// The numbers of all files that are called like checkpoints, the newest first. \throws Error storage
std::vector<std::int64_t> checkpoint_numbers(const std::string& path);

/// What can be read of a file.
struct Examined {
  double time = 0;
  std::string why_not;  ///< empty: it is a complete checkpoint
};
Examined examine_checkpoint(const std::string& file);

/// Removes what is older than the newest `keep` complete ones. What cannot be removed is warned of.
void remove_old_checkpoints(const std::string& path, std::int64_t keep);

}  // namespace tessera::detail
