#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "reader/read_sources.hpp"
#include "storage/read_only_file.hpp"

namespace tessera::detail {

/// The files that this rank reads chunks of, opened when the first one is read, by any of its threads. Of many segments
/// those that were used last stay open.
class ReadFiles {
 public:
  /// \throws Error storage, also where it is not the file any more of which it is known where chunks lie
  std::shared_ptr<const storage::ReadOnlyFile> open(const ReadFile& file);
  void close() noexcept;

 private:
  struct Opened {
    std::string path;
    std::shared_ptr<const storage::ReadOnlyFile> file;
  };
  std::mutex mutex_;
  std::list<Opened> opened_;  ///< those that were used last in front
};

/// Ranks open a file at different times. \throws Error storage unless it has that number
void require_same_file(const ReadFile& file, std::uint64_t inode);

}  // namespace tessera::detail
