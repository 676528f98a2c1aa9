#pragma once

#include <cstdint>

#include "hdf5/block_list.hpp"
#include "hdf5/free_record.hpp"

namespace tessera::hdf5 {

/// Hands out file space, for chunks and for the metadata of all trees alike. Only a commit that failed gives any back.
class Space {
 public:
  /// The superblock has a sector of its own, so that its write cannot tear anything else; the record of free space,
  /// too.
  static constexpr std::uint64_t first = FreeRecord::offset + FreeRecord::capacity;

  /// Where the next block begins: a multiple of 8.
  std::uint64_t end() const noexcept { return end_; }
  /// `size` bytes at a multiple of 8. `owner`: who may let the block grow while it is the last one.
  std::uint64_t allocate(std::uint64_t size, const void* owner = nullptr) noexcept {
    const std::uint64_t address = end_;
    if (size > 0) set_last(address + size, owner);
    return address;
  }
  /// The same for a block of a tree, in space that is free for these if it fits there.
  std::uint64_t allocate_block(std::uint64_t size, const void* owner) noexcept {
    if (const auto free = blocks_.take(size)) return *free;
    return allocate(size, owner);
  }
  /// Free space for blocks of trees: of those of earlier jobs, and what was handed out for them ahead of time.
  BlockPool& free_blocks() noexcept { return blocks_; }
  const BlockPool& free_blocks() const noexcept { return blocks_; }
  /// Takes back everything that was handed out since the end was `end`.
  void give_back(std::uint64_t end) noexcept {
    blocks_.forget_behind(end);
    end_ = end;
    owner_ = nullptr;
  }

  // HDF5 lengthens a block, without asking, where it ends at what HDF5 takes for the end of the file. That saves much
  // space while an object is made; but a block of a published tree must stay as it is, and so must what lies behind.

  /// Whether the last block belongs to `owner`, and may grow.
  bool may_grow(const void* owner) const noexcept { return owner_ == owner; }
  /// Where the last block ends.
  std::uint64_t exact_end() const noexcept { return exact_end_; }
  /// Makes the last block end there.
  void grow(std::uint64_t end) noexcept { set_last(end, owner_); }
  /// From here on the last block cannot grow, and no block of a tree ends at end(). Chunks may: HDF5 never lengthens
  /// them, and space that ranks get next joins what they have left there.
  void seal() noexcept {
    if (owner_ != nullptr && end_ == exact_end_) end_ += 8;
    owner_ = nullptr;
  }

 private:
  void set_last(std::uint64_t end, const void* owner) noexcept {
    exact_end_ = end;
    end_ = (end + 7) / 8 * 8;
    owner_ = owner;
  }

  std::uint64_t end_ = first;
  std::uint64_t exact_end_ = 0;
  const void* owner_ = nullptr;
  BlockPool blocks_;
};

}  // namespace tessera::hdf5
