#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "storage/file.hpp"
#include "storage/striping.hpp"

namespace tessera::storage {

/// A file that gets its name when it is complete, so that whoever looks there sees what was there before or the new
/// one, whole. Until then it lies beside, as ".tessera-<digest of the name>-<random>": short, so that it fits wherever
/// the name does, and no other process ever has the same.
///
/// What a job leaves that is killed in between is removed by the next one that writes a file of that name: on local
/// file systems, when it is a minute old and nobody holds a lock on it.
class Unfinished {
 public:
  /// Creates an empty file. \param striping as for create_file() \throws Error storage
  explicit Unfinished(const Place& place, const Striping& striping = {});
  /// Removes the file, if it has not got its name.
  ~Unfinished();
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;

  /// For reading and writing; once.
  std::unique_ptr<File> take_file() { return std::move(file_); }
  /// Where others may open it until it is published.
  const std::string& path() const noexcept { return path_; }

  /// Gives it its name. A file that it replaces hands on its mode and group; other hard links to that one keep it.
  /// \throws Error file_exists when there is a file and `replace` is false, else Error storage
  void publish(bool replace);

  /// Removes the published file, where it still has its name: the next try shall find it free.
  void withdraw() noexcept;

 private:
  bool is_at(const std::string& path) const noexcept;

  Place place_;
  std::string path_;
  int descriptor_ = -1;  ///< besides the File's own: its mode is set late
  std::unique_ptr<File> file_;
};

}  // namespace tessera::storage
