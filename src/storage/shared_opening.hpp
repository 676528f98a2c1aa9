#pragma once

#include <string>

namespace tessera::storage {

/// Processes of one node and one user that have one opening of a file in common (an open file description) instead of
/// one each: the kernel then counts them as one (SoleUser). The giver listens, the takers connect, the giver gives, the
/// takers take: each when the step before is over on all of them, so none waits. What fails leaves a taker without, and
/// nobody else hears of it.
///
/// \param path of an unfinished file, whose name is the same for all, and for no others on the node
class OpeningGiver {
 public:
  explicit OpeningGiver(const std::string& path) noexcept;
  ~OpeningGiver();
  OpeningGiver(const OpeningGiver&) = delete;
  OpeningGiver& operator=(const OpeningGiver&) = delete;

  /// To all who have connected.
  void give(int descriptor) const noexcept;

 private:
  int socket_ = -1;
};

class OpeningTaker {
 public:
  explicit OpeningTaker(const std::string& path) noexcept;
  ~OpeningTaker();
  OpeningTaker(const OpeningTaker&) = delete;
  OpeningTaker& operator=(const OpeningTaker&) = delete;

  /// \param own a descriptor of the same file, with the same rights
  /// \returns a descriptor, to be closed by the caller; -1: none was given, or of another file
  int take(int own) const noexcept;

 private:
  int socket_ = -1;
};

}  // namespace tessera::storage
