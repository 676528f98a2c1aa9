#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "hdf5/free_extents.hpp"

namespace tessera::pipeline {

/// Parts of the file that this rank alone may write to, given out ahead of time: whoever takes space of them need not
/// ask other ranks. Any thread.
class RankExtents {
 public:
  /// One more; joined with the last one where it begins at its end.
  /// \throws std::bad_alloc
  void add(const hdf5::Extent& extent);

  /// `size` bytes, at a multiple of 8; nothing where no extent has as many.
  std::optional<std::uint64_t> take(std::uint64_t size) noexcept;

  /// Bytes of the largest part that is left.
  std::uint64_t largest_size() const noexcept;
  /// The largest parts, as many as there is place for; empty ones behind them. Changes their order.
  void largest(std::span<hdf5::Extent> parts) noexcept;
  /// They belong to others from here on.
  void clear() noexcept;

 private:
  mutable std::mutex mutex_;
  std::vector<hdf5::Extent> extents_;
};

}  // namespace tessera::pipeline
