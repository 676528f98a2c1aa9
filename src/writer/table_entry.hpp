#pragma once

#include <cstdint>
#include <string>

namespace tessera::detail {

struct RefinementEntry;
struct RunEntry;

/// What a handle of a table stands for; the catalog has what it is.
struct TableEntry {
  const RunEntry* run = nullptr;
  std::string name;
  const RefinementEntry* refinement = nullptr;  ///< of which it has the boxes or cells of a level
  int level = 0;
  /// Of the step before: how many rows this rank had, where they began among those of all ranks, and how many there
  /// were in all. Below 0: there was none.
  std::int64_t own = -1;
  std::int64_t begin = 0;
  std::int64_t all = 0;
};

}  // namespace tessera::detail
