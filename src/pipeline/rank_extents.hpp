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
  /// That are kept; what is left of many small ones is not worth looking through.
  static constexpr std::size_t max_parts = 64;

  /// One more; joined with the last one where it begins at its end.
  /// \throws std::bad_alloc
  void add(const hdf5::Extent& extent);

  /// `size` bytes, at a multiple of 8; nothing where no extent has as many.
  std::optional<std::uint64_t> take(std::uint64_t size) noexcept;

  struct Run {
    std::uint64_t address = 0;
    std::size_t count = 0;  ///< of sizes, at least 1
  };
  /// Space for the first of the sizes and some behind it that follow each other there; nothing where not even the first
  /// fits in any part.
  std::optional<Run> take_run(std::span<const std::uint64_t> sizes) noexcept;
  /// Sizes that pieces probably have: space is taken so that what is left of a part can be filled with such ones. No
  /// more than a hint.
  void expect_pieces(std::uint64_t smallest, std::uint64_t largest) noexcept;

  /// Bytes of the parts that are left.
  std::uint64_t bytes() const noexcept;

  /// What certainly fits, whatever sizes pieces have and in whatever order they come, as long as none is larger than
  /// was said.
  struct Room {
    std::uint64_t bytes = 0;  ///< together, and of one piece besides where any fits
    std::uint64_t pieces = 0;
  };
  Room room(std::uint64_t piece) const noexcept;
  /// The largest parts, as many as there is place for; empty ones behind them. Changes their order. \returns bytes of
  /// all others, with those that were forgotten
  std::uint64_t largest(std::span<hdf5::Extent> parts) noexcept;
  /// They belong to others from here on.
  void clear() noexcept;

  /// What was taken so far is in use from here on.
  void keep() noexcept;
  /// As it was at the last keep(): what was taken or added since belongs to nobody, or to others.
  void restore() noexcept;

 private:
  bool is_usable(std::uint64_t rest) const noexcept;
  hdf5::Extent* choose(std::uint64_t size) noexcept;

  mutable std::mutex mutex_;
  std::uint64_t smallest_piece_ = 0;  ///< as expected
  std::uint64_t largest_piece_ = 0;
  std::vector<hdf5::Extent> extents_;
  std::vector<hdf5::Extent> kept_;  ///< has room for as many
  std::uint64_t forgotten_ = 0;     ///< bytes
};

}  // namespace tessera::pipeline
