#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hdf5/runs.hpp"
#include "hdf5/tree.hpp"
#include "hdf5/tree_driver.hpp"
#include "hdf5/work_through.hpp"

namespace tessera::hdf5 {

/// One of the trees of a file.
struct Member {
  using Clock = std::chrono::steady_clock;

  /// `young`: the runs whose metadata this tree may give up later; their space comes from the driver's arena.
  Member(storage::File& file, Space& space, const Names* young = nullptr)
      : driver(file, space), tree(driver.create(), true, enter_of(young)), young_(young) {}

  /// The file as it was found: it is read, to copy what is in it, and never changed.
  Member(storage::File& file, Space& space, const Superblock& found)
      : driver(file, space), tree(driver.open_found(found), true), young_(nullptr) {}

  /// HDF5 has closed the file, because somebody called H5close() or closed all that was open. The tree is in the file
  /// as it was published last, and can be opened again. \throws Error hdf5
  bool is_lost() const noexcept { return !driver.is_open(); }
  void open_again();

  /// Does something with HDF5. Where the driver failed, what it met is thrown, also where HDF5 makes nothing of that.
  template <class Action>
  void work(Action&& action) {
    work_through(driver, std::forward<Action>(action));
  }

  /// Closes the file, all of which has been emitted, and opens it once more: HDF5 has nothing of it in memory then, and
  /// adds nothing to blocks that it has begun. \throws Error hdf5
  void refresh();

  /// The same where the tree is lost, or what HDF5 has of it in memory is in doubt.
  void make_sound();

  /// Links to a run as another tree has it, and takes such a link away. Call refresh() before: HDF5 may remember
  /// what was at these addresses. \throws Error hdf5
  void link_run(const std::string& path, haddr_t address);
  void unlink_run(const std::string& path);
  bool has_run(const std::string& path) const;
  haddr_t address_of(const std::string& path) const;

  bool is_found() const noexcept { return driver.is_found(); }

  TreeDriver driver;
  Tree tree;
  std::size_t applied = 0;            ///< number of records that this tree has
  Clock::time_point published{};      ///< when it last became the file
  Clock::time_point replaced{};       ///< when another tree did
  bool is_stale = false;              ///< refresh() before the next turn
  std::vector<std::string> to_share;  ///< runs that other trees share by now, and that this one is to link to
  int mixed = 0;           ///< how many times space of young runs is not used again: other content may lie there
  std::size_t linked = 0;  ///< runs that it links to, where another tree has them
  Names outdated;          ///< runs that it shares, and that other trees have for themselves by now

 private:
  Tree::Enter enter_of(const Names* young);
  Handle group_at(haddr_t address, const std::string& path);

  const Names* young_;
};

struct Retire {
  void operator()(Member* member) const noexcept;
};
/// A tree that is retired whatever it goes by; what that throws is lost.
using OwnMember = std::unique_ptr<Member, Retire>;

/// Closes a tree without another write. \throws Error hdf5
void retire(OwnMember member);

}  // namespace tessera::hdf5
