#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "storage/file.hpp"

namespace tessera::storage {

/// How a new file is to be spread over the storage targets of a Lustre file system.
struct Striping {
  static constexpr std::uint64_t max_count = 2000;  ///< that Lustre has
  std::uint64_t count = 0;                          ///< targets; 0: as its directory says
  std::uint64_t bytes = std::uint64_t{4} << 20;     ///< of a stripe
};

/// What a directory says of new files in it, in Lustre's own words. Not by a file's path: one that is there has its
/// own.
struct ExpectedStriping {
  bool is_known = false;
  bool is_composite = false;  ///< of parts with different stripes
  std::uint64_t count = 0;    ///< 0: nothing is said, as a rule one stripe; all there are: the largest number
};
ExpectedStriping expected_striping(const std::string& directory) noexcept;

/// How a file that is there is spread; a count of 0 where nobody can say, and where its parts have different stripes.
Striping striping_of_file(const std::string& path) noexcept;

/// Creates an empty file that must not exist, as the other create_file() does; spread so where the file system is
/// Lustre and can do it, else as its directory says. \throws Error storage
std::unique_ptr<File> create_file(const std::string& path, const Place& place, const Striping& striping);

/// Creates a file that must not exist, for reading and writing, through Lustre's library (liblustreapi), which is
/// loaded now where there is one. \returns a descriptor; -1 where that was not possible: then it can be created as any
/// other
int create_striped(const std::string& path, const Striping& striping) noexcept;

}  // namespace tessera::storage
