#pragma once

#include <cstdint>
#include <string>

#include "pipeline/stages.hpp"

namespace tessera::pipeline {

/// Looks ahead: will the commit to come fit? Only warns, once per cause, since nobody knows how well it compresses.
class Preflight {
 public:
  explicit Preflight(std::string path) : path_(std::move(path)) {}

  /// Prints one line where the file system or the limit on file sizes leaves less than the commit will probably take: what
  /// the last one took, or before there was one its raw size. Asks the file system; for one rank. \param end of the file
  void warn_where_short(const Commit& commit, std::uint64_t end);

  /// What the last commit took.
  void note_size(std::uint64_t bytes) noexcept {
    if (bytes > 0) last_bytes_ = bytes;
  }

 private:
  std::string path_;
  std::uint64_t last_bytes_ = 0;
  bool warned_of_space_ = false;
  bool warned_of_limit_ = false;
};

}  // namespace tessera::pipeline
