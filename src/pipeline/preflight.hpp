#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pipeline/stages.hpp"
#include "storage/file.hpp"

namespace tessera::pipeline {

/// Looks ahead: will the next commit fit on the file system, and below the limit on file sizes? Only warns, one line on
/// stderr per cause, since nobody knows how well a step compresses. For one rank.
class Preflight {
 public:
  explicit Preflight(const storage::Place& place);

  /// Before the first commit, which may need its raw size. \param end of the file
  void before(const Commit& commit, std::uint64_t end);

  /// After a commit, which the next one probably equals: it took the file from `begin` to `end`.
  void after(std::uint64_t begin, std::uint64_t end);

  /// Of something else about the file.
  void warn(const std::string& text);

  const std::vector<std::string>& warnings() const noexcept { return warnings_; }

 private:
  void look(std::uint64_t needed, std::uint64_t end, const char* what);
  void warn(bool& warned, const std::string& text);

  std::string name_;       ///< as the user gave it
  std::string directory_;  ///< absolute: the program may change its directory
  bool began_ = false;
  bool warned_of_space_ = false;
  bool warned_of_limit_ = false;
  std::vector<std::string> warnings_;
};

}  // namespace tessera::pipeline
