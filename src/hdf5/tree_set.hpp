#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "hdf5/history.hpp"
#include "hdf5/member.hpp"
#include "hdf5/old_trees.hpp"
#include "hdf5/publisher.hpp"
#include "hdf5/reusable_space.hpp"
#include "hdf5/run_sharing.hpp"
#include "hdf5/tree_copy.hpp"
#include "schema/contents.hpp"
#include "storage/file.hpp"

namespace tessera::hdf5 {

/// The metadata of one file, kept several times: one tree is *published* (the superblock names its root), the others
/// are *idle*. All point at the same raw chunks.
///
/// A commit brings an idle tree up to date, writes its blocks where no reader of the published tree looks, and
/// publishes it with one 48-byte write. Invariants:
///  1. Between create() and the end, the bytes of the file at any instant are an HDF5 file with exactly the committed
///     steps.
///  2. A tree is not modified while it is published, nor while a reader may be in it: within `grace` after it was
///     replaced, unless the storage knows that nobody opened or read the file since `grace` before it was published, or
///     that nobody had it open at some moment after it was replaced: who opens it later reads another superblock.
///  3. Every record is applied to every tree once, in order, or the tree links to what another one has made of it
///     (RunSharing). Records are kept until that is done.
///
///     idle --replay records, emit--> complete --superblock write--> published --another is published--> resting
///       ^                                                                                               |
///       +----------------------------------- no reader can be in it ------------------------------------+
///
/// Where all trees rest, another one is copied from the published tree, in the time that a commit would have to wait
/// for one or for the readers to close the file. Trees that were not needed for long are given up.
///
/// On one rank. One thread at a time; those that are in different ones take turns.
class TreeSet {
 public:
  using Clock = Member::Clock;
  struct Options {
    std::chrono::milliseconds grace{500};
    std::size_t max_trees = 64;        ///< at least 2
    bool power_safe = false;           ///< sync the storage before and after each superblock write
    std::size_t log_bytes = 4u << 20;  ///< of records that a tree may lack before it is given up
  };

  /// Writes an empty HDF5 file into the empty storage.
  TreeSet(storage::File& file, const Options& options);
  /// Continues the HDF5 file that is in the storage, whatever has written it: nothing of it is written to but the
  /// superblock, by the first commit. \throws Error hdf5, storage: it is none, or not whole, or cannot be continued
  struct Found {};
  TreeSet(storage::File& file, const Options& options, Found);
  ~TreeSet();

  /// What the published tree holds, and what keeps a writer from continuing it.
  schema::Contents contents();

  /// Commits to a run of a file that was found are about to come: makes the trees for the first two, so that these take
  /// no longer than later ones. Behind the file's end; without a commit close() takes it away. What cannot be made now
  /// is left to the commits.
  void prepare_for(const std::string& run) noexcept;

  /// Says that nobody but this job has opened the file so far.
  void expect_no_readers();

  /// \throws Error storage where the file was removed, replaced, truncated or changed by others. Ask before anything is
  /// written behind its end.
  void require_intact() const { publisher_.last_state().require(); }

  /// Says that ranks will write behind end(), until reserve() says how far.
  void expect_writes() noexcept { publisher_.last_state().writes_begin(); }

  /// Space for raw chunks: `size` bytes at the end of the file. Nothing refers to it before commit().
  std::uint64_t end() const noexcept { return space_.end(); }
  void reserve(std::uint64_t size) {
    space_.allocate(size);
    publisher_.last_state().writes_end(space_.end());
  }

  /// Sees to space for blocks of the next trees, so that space for chunks that is reserved later joins what was
  /// reserved before instead of lying behind such a block. Takes some of the file now and then, a few hundredths of a
  /// percent of it. \throws std::bad_alloc
  void reserve_for_blocks();

  /// Space of what was dropped, which raw chunks of the next commit may take instead; nothing where there is none, or
  /// readers may still be in it.
  std::optional<Extent> free_extent();
  /// What they took of it. Before commit().
  void use(const Extent& extent) { reusable_.use(extent); }
  /// How much of the file nothing refers to that the next commits, or jobs, may use.
  std::uint64_t free_bytes() const noexcept { return reusable_.bytes() + old_.bytes(space_); }

  /// What was reserved since the last commit is free again.
  void take_back() noexcept;
  /// Space that was reserved, and that nothing will refer to, is for later commits. What lies behind the content goes
  /// with close().
  void add_free(std::vector<Extent> extents);

  /// Makes the record part of the file. \throws Error; the file then is as before, what was reserved is free again, and
  /// usable() tells whether more can come. Only where the superblock could neither be written nor restored is the
  /// record in the file or not; the error says so, and the next call decides.
  void commit(Record record);

  /// A chunk as it is in the file.
  struct StoredChunk {
    Extent extent;
    std::uint32_t mask = 0;
    std::vector<std::byte> bytes;
  };
  /// Of a dataset whose chunks have several steps, in the published tree: the one that begins with this step; nothing
  /// where nobody wrote it. \throws Error hdf5, storage
  std::optional<StoredChunk> stored_chunk(const std::string& dataset, std::int64_t first_step);

  bool usable() const noexcept { return published() != nullptr; }
  /// After a commit that failed: it may be in the file all the same, or a reader may have seen it there.
  bool is_in_doubt() const noexcept { return publisher_.is_in_doubt() || publisher_.was_shown(); }
  /// How long commits have waited for stable storage.
  double sync_seconds() const noexcept { return publisher_.sync_seconds(); }
  std::size_t trees() const noexcept { return trees_.size(); }
  /// Records in memory, for trees that lack them.
  std::size_t kept_records() const noexcept { return history_.size(); }

  /// Closes all trees and truncates the file to its content.
  void close();

 private:
  void place_growing(const Member& member, Record& record);
  void add_free_places();
  void give_back() noexcept;
  void drop_copy() noexcept;
  void reuse_old_trees();
  void tell_trees();
  bool may_change(const Member& member, Clock::time_point now) const;
  Member& next_member();
  Member* ready_member() const;
  Member* latest_member() const;
  bool nobody_reads(Clock::time_point until = {});
  Member& awaited_member(Clock::time_point until);
  Member* copied_member(Clock::time_point until);
  void make_trees_for(const std::string& run);
  void open_what_is_lost();
  void discard(Member& member);
  void forget_history();

  Member* published() const noexcept { return publisher_.published(); }

  storage::File& file_;
  Options options_;
  Space space_;
  ReusableSpace reusable_;
  OldTrees old_;
  std::vector<std::uint64_t> told_;  ///< roots of this job's trees that the record knows of
  bool is_prepared_ = false;         ///< something was put behind the end of the file that was found
  Publisher publisher_;
  RunSharing runs_;
  std::vector<OwnMember> trees_;
  std::optional<TreeCopy> copy_;                              ///< a tree that is being made
  Clock::duration copying_{};                                 ///< how long that has taken
  Clock::duration copy_time_ = std::chrono::milliseconds(1);  ///< and the last one took in all
  History history_;
  GrowingPlaces growing_;
  Clock::time_point last_reader_ = Clock::time_point::min();  ///< when somebody may have opened or read the file
};

}  // namespace tessera::hdf5
