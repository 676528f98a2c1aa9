#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "storage/file.hpp"

namespace tessera::storage {

/// Is an open file still the one that its path names, and as long as it has to be? One that was removed can be written
/// to all the same, but nobody will find it; one that was truncated would get a hole where data was.
class Identity {
 public:
  explicit Identity(const Place& place);

  /// The first call finds out whether names tell anything on this file system; so make it when the file has its name.
  /// \throws Error storage: the file was removed, replaced by another one, or truncated
  void require(int descriptor, std::uint64_t least_size);

  /// \throws Error storage: the bytes are others
  void require(int descriptor, const Mark& mark) const;

 private:
  std::string name_;                ///< as the user gave it
  std::string path_;                ///< absolute: the program may change its directory
  std::optional<bool> has_number_;  ///< the file has the same inode by its name and by its descriptor
};

}  // namespace tessera::storage
