#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "hdf5/free_extents.hpp"

namespace tessera::hdf5 {

/// Space that blocks have, in the order in which they got it.
class BlockList {
 public:
  void add(std::uint64_t begin, std::uint64_t end);
  /// The block that ended at `from` ends at `to`.
  void lengthen(std::uint64_t from, std::uint64_t to);
  /// What lies there is no block of these any more.
  void forget_behind(std::uint64_t end);
  void clear() noexcept { extents_.clear(); }

  const std::vector<Extent>& extents() const noexcept { return extents_; }

 private:
  std::vector<Extent> extents_;
};

/// Free space, for blocks of any size: each takes the first that it fits in, at a multiple of 8.
class BlockPool {
 public:
  void add(const std::vector<Extent>& extents);
  std::optional<std::uint64_t> take(std::uint64_t size) noexcept;
  /// What lies there is no free space of these any more.
  void forget_behind(std::uint64_t end) noexcept;
  void clear() noexcept { free_.clear(); }

  const std::vector<Extent>& extents() const noexcept { return free_; }
  std::uint64_t bytes() const noexcept;
  std::uint64_t largest() const noexcept;

 private:
  std::vector<Extent> free_;  ///< by address
};

}  // namespace tessera::hdf5
