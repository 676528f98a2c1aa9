#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <vector>

#include "hdf5/log.hpp"
#include "hdf5/tree.hpp"
#include "hdf5/tree_driver.hpp"
#include "storage/file.hpp"

namespace tessera::hdf5 {

/// The metadata of one file, kept several times: one tree is *published* (the superblock names its root), the others are
/// *idle*. All point at the same raw chunks.
///
/// A commit brings an idle tree up to date, writes its blocks where no reader of the published tree looks, and publishes it
/// with one 48-byte write. Invariants:
///  1. Between create() and the end, the bytes of the file at any instant are an HDF5 file with exactly the committed steps.
///  2. A tree is not modified while it is published, nor within `grace` after it was replaced: so long has a reader
///     that opened it to read what it needs.
///  3. Every record is applied to every tree once, in order. Records are kept until that is done.
///
///     idle --apply records, emit--> complete --superblock write--> published --another is published--> resting
///       ^                                                                                               |
///       +------------------------------------ grace is over -------------------------------------------+
///
/// On one rank; not thread-safe (HDF5 is not).
class TreeSet {
 public:
  using Clock = std::chrono::steady_clock;
  struct Options {
    std::chrono::milliseconds grace{500};
    std::size_t most_trees = 16;         ///< at least 2
    bool power_safe = false;             ///< sync the storage before and after each superblock write
    std::size_t log_bytes = 16u << 20;   ///< a longer history makes no further trees
  };

  /// Writes an empty HDF5 file into the empty storage.
  TreeSet(storage::File& file, const Options& options);
  ~TreeSet();

  /// Space for raw chunks: `size` bytes at the end of the file. Nothing refers to it before commit().
  std::uint64_t end() const noexcept { return space_.end(); }
  void reserve(std::uint64_t size) { space_.allocate(size); }

  /// Makes the record part of the file. \throws Error; the file then is as before, and usable() tells whether more can come
  void commit(Record record);

  bool usable() const noexcept { return usable_; }
  std::size_t trees() const noexcept { return trees_.size(); }

  /// Closes all trees and cuts off what the file is longer than its content.
  void close();

 private:
  struct Member;

  Member& next_member();
  Member& add_member();
  void apply_history(Member& member);
  void register_chunks(Member& member, const PlacedChunks& set);
  void publish(Member& member);
  void run_ahead(std::uint64_t end);
  void discard(Member& member);
  void forget_history();
  static void end(std::unique_ptr<Member> member);

  storage::File& file_;
  Options options_;
  Space space_;
  std::vector<std::unique_ptr<Member>> trees_;
  Member* published_ = nullptr;
  std::uint64_t published_end_ = 0;
  std::uint64_t largest_growth_ = 0;
  std::deque<std::shared_ptr<const Record>> history_;
  std::size_t first_record_ = 0;      ///< number of the record at the front of history_
  std::size_t history_bytes_ = 0;
  bool usable_ = true;
};

}  // namespace tessera::hdf5
