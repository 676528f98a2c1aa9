#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "hdf5/free_extents.hpp"

namespace tessera::hdf5 {

/// Blocks of metadata that a tree of the file has for itself: no other tree refers to them.
struct TreeBlocks {
  std::uint64_t root = 0;  ///< header of its root group
  std::vector<Extent> blocks;

  friend bool operator==(const TreeBlocks&, const TreeBlocks&) = default;
};

/// Which trees a file of ours has, and what lies where: a job that continues the file puts its trees where those lie
/// that are not the file. FORMAT.md has its bytes.
///
/// What it says of the tree that is the file holds as long as the file ends where it did: another program, which knows
/// nothing of the record, may have changed that tree in place. All else holds as long as the superblock names one of
/// these roots, and for nothing else; no root ever lies where another one lay (TreeDriver::place_block). So what it
/// says need not be taken back before a tree is written into such space: the superblock that names the new tree does
/// that.
struct TreeRecord {
  static constexpr std::size_t capacity = 1024;
  static constexpr std::size_t max_trees = 24;

  std::uint64_t end = 0;          ///< of the file when it was written, as the superblock states it
  std::vector<Extent> unused;     ///< no tree refers to these
  std::vector<TreeBlocks> trees;  ///< at most max_trees

  /// Where the record has no place for all extents: the largest.
  void write(std::span<std::byte, capacity> bytes) const;
  /// Nothing where the bytes are no record, a damaged one, or of a later state of the file, whose superblock was lost.
  /// \param end of the file: none reaches beyond it
  static std::optional<TreeRecord> read(std::span<const std::byte, capacity> bytes, std::uint64_t end);

  const TreeBlocks* tree(std::uint64_t root) const noexcept;  ///< nullptr: it is none of them
  /// What a file with this root does not refer to. It is one of them.
  std::vector<Extent> free_under(std::uint64_t root) const;

  friend bool operator==(const TreeRecord&, const TreeRecord&) = default;
};

}  // namespace tessera::hdf5
