#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

#include "base/attempt.hpp"
#include "hdf5/tree.hpp"
#include "hdf5/tree_driver.hpp"

namespace tessera::hdf5 {

/// One of the trees of a file.
struct Member {
  using Clock = std::chrono::steady_clock;

  Member(storage::File& file, Space& space) : driver(file, space), tree(driver.create(), true) {}

  /// HDF5 has closed the file, because somebody called H5close() or closed all that was open. The tree is in the file
  /// as it was published last, and can be opened again. \throws Error hdf5
  bool is_lost() const noexcept { return !driver.is_open(); }
  void open_again();

  /// Does something with HDF5. Where that fails since the driver did, what the driver met is thrown.
  template <class Action>
  void work(Action&& action) {
    std::optional<Error> failure;
    attempt(failure, std::forward<Action>(action));
    if (!failure) return;
    if (auto cause = driver.take_failure()) failure = std::move(cause);
    throw *failure;
  }

  TreeDriver driver;
  Tree tree;
  std::size_t applied = 0;         ///< number of records that this tree has
  Clock::time_point published{};   ///< when it last became the file
  Clock::time_point replaced{};    ///< when another tree did
};

struct Retire {
  void operator()(Member* member) const noexcept;
};
/// A tree that is retired whatever it goes by; what that throws is lost.
using OwnMember = std::unique_ptr<Member, Retire>;

/// Closes a tree without another write. \throws Error hdf5
void retire(OwnMember member);

}  // namespace tessera::hdf5
