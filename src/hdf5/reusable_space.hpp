#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "hdf5/free_extents.hpp"
#include "hdf5/free_record.hpp"
#include "hdf5/log.hpp"
#include "hdf5/member.hpp"
#include "storage/file.hpp"

namespace tessera::hdf5 {

/// The space of chunks that are dropped (Run::keep), for chunks to come: of this job, and of jobs that continued the
/// file before, by the record in the file.
///
/// What a commit drops is free once its superblock is written. What a commit uses is taken off the record before its
/// superblock is written, so that the record never names what the published tree refers to, nor after a power failure.
/// Commits that do not sync take off all at the first use, and what is left comes back when the file is closed: two
/// syncs for a job that drops steps, none for others, whose space no superblock has ever referred to.
class ReusableSpace {
 public:
  using Clock = FreeExtents::Clock;

  /// \param power_safe whether a superblock is on stable storage when committed() is called
  ReusableSpace(storage::File& file, bool power_safe) : file_(file), power_safe_(power_safe) {}

  /// Of a new file: an empty record. \throws Error storage
  void create();
  /// Of a file that is there, and ends at `end`: what its record names. \throws Error storage
  void find(std::uint64_t end);
  /// Some chunks of the file are smaller than what alignment leaves between others.
  void expect_tiny_chunks() noexcept { has_tiny_chunks_ = true; }
  /// What it says of trees.
  std::optional<TreeRecord> trees() const { return record_ ? record_->trees : std::nullopt; }
  /// Says that of this job's trees. It holds whatever of the job reaches the storage, and when.
  void tell(TreeRecord trees) noexcept;
  /// Trees refer to each other from the commit on that is under way: their blocks are not to be told.
  void forget_blocks() noexcept { forgets_blocks_ = true; }

  /// The space that the next commit may use; see FreeExtents::largest.
  std::optional<Extent> offer(Clock::time_point now, Clock::duration grace) const;
  /// Ranks have written chunks there, which the commit to come refers to.
  void use(const Extent& extent);
  /// Nothing has ever referred to these.
  void add(const std::vector<Extent>& extents) { free_.add(extents, Clock::now(), alignment()); }
  bool is_empty() const noexcept { return free_.bytes() == 0; }
  void nobody_reads() noexcept { free_.nobody_reads(); }

  /// A commit begins: notes which chunks it drops. \param published the tree that has them
  void look_at_dropped(Member& published, const Record& record);
  /// Everything but the superblock is written. \throws Error storage
  void before_superblock();
  void committed();
  /// The last commit was made.
  void closing(TreeRecord trees) noexcept { tell_all(std::move(trees)); }
  /// \param in_doubt whether the commit may be in the file all the same
  void failed(bool in_doubt) noexcept;

  std::uint64_t bytes() const noexcept { return free_.bytes(); }

 private:
  /// Of whatever lies in the file.
  std::uint64_t alignment() const noexcept;
  void tell_all(std::optional<TreeRecord> trees) noexcept;
  void write(FreeRecord record);

  storage::File& file_;
  bool power_safe_;
  FreeExtents free_;
  std::optional<FreeRecord> record_;  ///< in the file; nothing where it has none
  bool is_written_ = true;            ///< that is certain
  bool forgets_blocks_ = false;
  bool has_tiny_chunks_ = false;
  std::optional<Extent> used_;   ///< by the commit that is under way
  std::vector<Extent> dropped_;  ///< by the same
  bool is_unsynced_ = false;     ///< a superblock that refers to some of it may come back
};

}  // namespace tessera::hdf5
