#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "hdf5/free_extents.hpp"
#include "hdf5/member.hpp"
#include "hdf5/space.hpp"
#include "hdf5/tree_record.hpp"

namespace tessera::hdf5 {

/// The space of trees that jobs before left in the file, for the first trees of this one; and what this job will leave.
///
/// What the record of the file names may be used once no reader can be in it. What is left of it is for the next job,
/// as are the blocks of the tree that was found.
class OldTrees {
 public:
  using Clock = FreeExtents::Clock;

  /// Of a file that is there. \param root of its tree \param end where it ends
  void find(const std::optional<TreeRecord>& record, std::uint64_t root, std::uint64_t end);

  /// There is space that readers may be in, since then.
  bool is_waiting() const noexcept { return !waiting_.empty(); }
  Clock::time_point since() const noexcept { return since_; }
  /// No reader can be in it.
  void give_to(Space& space);

  /// A tree goes that is not the file. Its blocks lie before `end`, unless they were taken back.
  void discard(const BlockList& blocks, std::uint64_t end) noexcept;

  /// Whether the tree that was found has just become free: no other one refers to it. \param is_shared whether trees
  /// refer to each other; then it is not known to which
  bool frees_found(const std::vector<OwnMember>& trees, bool is_shared) const;

  /// What the next job may use if this one is killed, but for the record's end. The trees are all that there are, and
  /// go on to take old space. \param is_shared whether trees refer to each other \param end where the file ends
  /// \param named how many trees it names, those that were published last: it holds while one of these is the file
  TreeRecord record(const std::vector<OwnMember>& trees, bool is_shared, std::uint64_t end,
                    std::size_t named = TreeRecord::max_trees);
  /// The same when they take none any more.
  TreeRecord last_record(const std::vector<OwnMember>& trees, bool is_shared, std::uint64_t end, Space& space);

  /// The job ends, with this record and this tree as the file.
  void leave(const TreeRecord& record, std::uint64_t root);

  /// How much of it is free, for this job or the next.
  std::uint64_t bytes(const Space& space) const noexcept;

 private:
  std::vector<Extent> waiting_;
  Clock::time_point since_{};
  std::vector<Extent> found_;  ///< blocks of the tree that was found
  std::vector<Extent> rest_;   ///< free, and not used by this job
};

}  // namespace tessera::hdf5
