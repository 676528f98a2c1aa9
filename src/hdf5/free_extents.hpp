#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace tessera::hdf5 {

/// Bytes of a file, from `begin` to `end`.
struct Extent {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  std::uint64_t size() const noexcept { return end - begin; }
  friend bool operator==(const Extent&, const Extent&) = default;
};

/// In order of their addresses, joined where nothing can lie between them. \param alignment of whatever lies in the
/// file
std::vector<Extent> joined(std::vector<Extent> extents, std::uint64_t alignment);

/// Space that the published tree does not refer to, and since when.
class FreeExtents {
 public:
  using Clock = std::chrono::steady_clock;

  /// Freed by the superblock that was written at `when`. \param alignment of whatever lies in the file
  void add(const std::vector<Extent>& extents, Clock::time_point when, std::uint64_t alignment);

  /// The largest one that is free for as long as readers are given, from a multiple of 8 on.
  std::optional<Extent> largest(Clock::time_point now, Clock::duration grace) const;

  /// It is free no more.
  void remove(const Extent& used);

  /// Nobody had the file open a moment ago: readers are not waited for.
  void nobody_reads() noexcept;

  std::vector<Extent> all() const;
  std::uint64_t bytes() const noexcept;

 private:
  struct Free {
    Extent extent;
    Clock::time_point since;
  };

  std::vector<Free> free_;
};

}  // namespace tessera::hdf5
