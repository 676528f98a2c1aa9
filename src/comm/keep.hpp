#pragma once

#include <memory>

namespace tessera::comm {

/// Keeps a thing until the process ends, on purpose: memory that MPI may still read or write, or HDF5 when the
/// process ends. An operation that other ranks never join cannot be taken back (MPI 4.0, section 6.12: no
/// MPI_Cancel for collectives), and one that they join late completes then. The thing stays reachable, so that leak
/// checkers are content, unless there is no memory for the list.
void keep_forever(std::shared_ptr<void> thing) noexcept;

/// The same for a thing with one owner.
template <class Thing>
void keep_forever(std::unique_ptr<Thing> thing) noexcept {
  try {
    keep_forever(std::shared_ptr<void>(thing.release(), [](void*) {}));
  } catch (...) {  // no memory for the list: it is kept all the same
  }
}

}  // namespace tessera::comm
