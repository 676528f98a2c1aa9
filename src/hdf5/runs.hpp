#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "hdf5/log.hpp"

namespace tessera::hdf5 {

using Names = std::set<std::string, std::less<>>;

/// The object in the root group that one belongs to, by its path: of "/run/field" "/run".
std::string_view run_of(std::string_view path);

/// Which runs (groups in the root) a record changes.
struct Changes {
  explicit Changes(const Record& record);

  std::vector<std::string> made;  ///< runs that it makes, in order
  Names others;                   ///< runs that it changes, and that were there before
  Names defined;                  ///< where it defines something, besides the runs that it makes
  bool defines_late = false;      ///< the same after the first run that it makes
};

/// The record without what it says of these runs.
Record without(const Record& record, const Names& runs);

}  // namespace tessera::hdf5
