#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "hdf5/free_extents.hpp"
#include "pipeline/exact_fit.hpp"

namespace tessera::pipeline {

/// Parts of the file from which space is taken. Without a pointer, so that processes can share one; not locked: see
/// RankExtents.
class FileParts {
 public:
  /// That are kept; what is left of many small ones is not worth looking through.
  static constexpr std::size_t max_parts = 64;

  /// One more; joined with those that it touches.
  void add(hdf5::Extent extent) noexcept;

  /// `size` bytes, at a multiple of 8; nothing where no part has as many.
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

  /// Of the parts that are left.
  std::uint64_t bytes() const noexcept;

  /// What certainly fits, whatever sizes pieces have and in whatever order they come, as long as none is larger than
  /// was said.
  struct Room {
    std::uint64_t bytes = 0;  ///< together, and of one piece besides where any fits
    std::uint64_t pieces = 0;

    void add(std::uint64_t part, std::uint64_t piece) noexcept;
  };
  /// \param more bytes that are about to be added behind the last part
  Room room(std::uint64_t piece, std::uint64_t more = 0) const noexcept;
  /// The largest parts, as many as there is place for; empty ones behind them. Changes their order. \returns bytes of
  /// all others, with those that were forgotten
  std::uint64_t largest(std::span<hdf5::Extent> parts) noexcept;

  /// Becomes what another one has, but for what that one knows of pieces and has forgotten.
  void take_over(const FileParts& other) noexcept;
  void clear() noexcept { count_ = 0; }

 private:
  struct Filled {
    hdf5::Extent* part = nullptr;
    ExactFit fit;
  };
  std::span<hdf5::Extent> all() noexcept { return std::span(parts_).first(count_); }
  std::span<const hdf5::Extent> all() const noexcept { return std::span(parts_).first(count_); }
  /// What may be left of a part for good.
  std::uint64_t crumb() const noexcept { return largest_piece_ / 32; }
  void drop(std::size_t number) noexcept;
  Filled filled(std::span<const Piece> pieces) noexcept;
  Run take_first(hdf5::Extent& part, std::span<const Piece> pieces) const noexcept;
  bool is_usable(std::uint64_t rest) const noexcept;
  hdf5::Extent* choose(std::uint64_t size) noexcept;

  std::uint64_t smallest_piece_ = 0;  ///< as expected
  std::uint64_t largest_piece_ = 0;
  std::uint64_t forgotten_ = 0;  ///< bytes
  std::size_t count_ = 0;
  std::array<hdf5::Extent, max_parts> parts_{};
};

}  // namespace tessera::pipeline
