#pragma once

#include <memory>
#include <string>
#include <vector>

#include "hdf5/content_copy.hpp"
#include "hdf5/member.hpp"
#include "hdf5/run_sharing.hpp"

namespace tessera::hdf5 {

/// A new tree with the content of another one: it is looked up there, so that no history is needed. Shared runs are
/// linked to. Takes time with the number of chunks in the file, so it can be done a part at a time while commits go on;
/// records from the source's `applied` on are then left to replay().
class TreeCopy {
 public:
  /// Begins a copy of what `source` has now.
  TreeCopy(storage::File& file, Space& space, const RunSharing& runs, Member& source);

  std::size_t applied() const noexcept { return member_->applied; }
  bool is_lost() const noexcept { return member_->is_lost(); }
  const BlockList& blocks() const noexcept { return member_->driver.own_blocks(); }

  /// Goes on until all is copied (true) or that time has come. `source`: any tree that has at least what the first had.
  bool advance(Member& source, Member::Clock::time_point until);

  OwnMember take() noexcept { return std::move(member_); }

 private:
  void begin(const RunSharing& runs, Member& source);

  OwnMember member_;
  ContentCopy content_;
};

}  // namespace tessera::hdf5
