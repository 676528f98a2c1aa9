#pragma once

#include <memory>
#include <string>
#include <vector>

#include "hdf5/member.hpp"
#include "hdf5/runs.hpp"

namespace tessera::hdf5 {

/// Which runs each tree has for itself, and which are there once and all trees link to.
///
/// A run is *young* at first: every tree makes its own, since each commit may change it. When there are many of them
/// and the next one begins, the published tree's become *shared*: each other tree, when it is its turn, gives up its
/// own, links to those, and uses the space once more. So of runs that are not written to any more the file holds one
/// copy. Nobody writes to that one again.
/// Where such a run changes all the same, each tree makes a copy of it first, and keeps that for itself: the run is
/// *lasting*.
class RunSharing {
 public:
  static constexpr std::size_t max_young = 32;

  const Names& young() const noexcept { return young_; }
  bool is_shared(const std::string& run) const { return !young_.contains(run) && !lasting_.contains(run); }

  /// Whether trees refer to each other: a run that one of them has made is shared.
  bool has_shared() const noexcept { return has_shared_; }

  /// Will the record with these changes make runs shared, or end that?
  bool concerns(const Changes& changes) const;

  /// A run that trees link to will change: they are to have it for themselves. copy_outdated() copies it, and so
  /// do trees to come.
  void make_lasting(const std::string& run, const std::vector<OwnMember>& trees);
  /// \return the runs that the tree has copied
  Names copy_outdated(Member& idle, Member& published);

  /// Before an idle tree gets the records that it lacks, of which the last one has these changes and the published tree
  /// has all others.
  /// \return the runs that it has already as the published tree has them
  Names prepare(Member& idle, Member& published, const std::vector<OwnMember>& trees, const Changes& changes);

  /// The runs that the record makes are young from here on; or it failed, and they are not there.
  void add(const Changes& changes);
  void take_back(const Changes& changes);

 private:
  bool is_time(const Changes& changes) const;
  void share(Member& published, const std::vector<OwnMember>& trees, const Changes& changes);
  static Names link_shared(Member& idle, Member& published);

  Names young_;
  std::vector<std::string> order_;  ///< of creation of the young ones
  Names lasting_;
  bool has_shared_ = false;
  bool is_mixed_ = false;  ///< other content may lie in blocks of young runs
};

}  // namespace tessera::hdf5
