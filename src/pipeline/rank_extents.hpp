#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "hdf5/free_extents.hpp"
#include "pipeline/exact_fit.hpp"

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
    std::size_t count = 0;  ///< of pieces, at least 1
  };
  /// Space for some of the pieces that follow each other there, which come first then; the others stay in order.
  /// Those that fill what is left of a part, or else the first one and some behind it; nothing where that does not fit
  /// in any part.
  std::optional<Run> take_run(std::span<Piece> pieces) noexcept;
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
  struct Filled {
    hdf5::Extent* part = nullptr;
    ExactFit fit;
  };
  /// What may be left of a part for good.
  std::uint64_t crumb() const noexcept { return largest_piece_ / 32; }
  Filled filled(std::span<const Piece> pieces) noexcept;
  Run take_first(hdf5::Extent& part, std::span<const Piece> pieces) noexcept;
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
