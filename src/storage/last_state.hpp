#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "storage/file.hpp"

namespace tessera::storage {

/// How this job left its file, to notice that another program changed it: its superblock, its length, and a mark at its
/// end. Between content and end there is a hole, so that truncating the file removes the mark, also when the file is
/// extended again.
///
///     superblock | ... content ... | hole                              mark |
///     0                            end                                      length
///
/// For the rank that writes the superblock; all ranks write behind the content.
class LastState {
 public:
  explicit LastState(File& file) : file_(file) {}

  /// Around the write of a superblock. In between nobody knows what is there.
  void forget_superblock() noexcept { superblock_size_ = 0; }
  void wrote_superblock(std::span<const std::byte> bytes) noexcept;

  /// The file is one that was there: it has this superblock, and content up to `end`. \throws Error storage: it is
  /// shorter
  void adopt(std::span<const std::byte> superblock, std::uint64_t end);

  /// From here on ranks write behind the content, nobody knows how far.
  void writes_begin() noexcept;
  /// They reach, or reached, up to `end`.
  void writes_end(std::uint64_t end) noexcept;

  /// Makes the file at least `size` bytes long, its content ending at `end`, with the mark at its end. Where the
  /// file cannot be that long it stays as it is. \throws Error storage
  void reach(std::uint64_t end, std::uint64_t size);

  /// How long the file is, as far as this rank knows.
  std::uint64_t length() const noexcept { return length_; }

  /// \throws Error storage: the file was removed, replaced, truncated or changed
  void require() const;

  /// Truncates the file where its content ends, and looks once more. \throws Error storage
  void cut(std::uint64_t end);

 private:
  bool has_mark() const noexcept { return mark_at_.has_value() && !writes_under_way_; }

  File& file_;
  std::array<std::byte, 48> superblock_{};
  std::size_t superblock_size_ = 0;  ///< 0: not known
  std::uint64_t length_ = 0;
  std::optional<std::uint64_t> mark_at_;  ///< where nothing was written since
  bool writes_under_way_ = false;
};

}  // namespace tessera::storage
