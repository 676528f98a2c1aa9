#pragma once

#include <mpi.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "comm/watch.hpp"

namespace tessera::comm {

/// A communicator of our own, so that no message of the application is ever taken for ours, and the watch over its
/// waits. Move-free, freed at the end.
class Communicator {
 public:
  /// Collective over `original`. The copy has the same ranks in the same order and no topology: OMPIO of Open MPI 5.0.3
  /// wrote wrong data on a Cartesian communicator (open-mpi/ompi issue 12718), and MPI_Comm_dup would keep it.
  /// \param owner for messages
  /// \param limit see Watch
  /// \throws Error rank_missing, without the ranks' numbers: there is no communicator yet to ask them
  explicit Communicator(MPI_Comm original, const char* owner = "tessera::Writer", double limit = 0);
  /// Where something that was begun will not end, the communicator and its watch stay, on purpose: MPI may still use
  /// them.
  ~Communicator();
  Communicator(const Communicator&) = delete;
  Communicator& operator=(const Communicator&) = delete;

  MPI_Comm get() const noexcept { return comm_; }
  int rank() const noexcept { return rank_; }
  int size() const noexcept { return size_; }
  std::size_t ranks() const noexcept { return static_cast<std::size_t>(size_); }  ///< size(), for containers
  Watch& watch() const noexcept { return *watch_; }

 private:
  MPI_Comm comm_ = MPI_COMM_NULL;
  int rank_ = 0;
  int size_ = 1;
  std::shared_ptr<Watch> watch_;
};

/// Where each rank's numbers begin when all follow each other, for MPI_Allgatherv, which counts in int.
/// \throws Error invalid_argument, naming the rank with most of them, when they are more than that; ranks that know the
///         same counts throw alike
std::vector<int> displacements(const std::vector<std::int64_t>& counts);

/// Every rank's values, in rank order. Collective.
struct Gathered {
  std::vector<std::int64_t> values;
  std::vector<std::size_t> begin;  ///< rank r's values are [begin[r], begin[r + 1])
};
Gathered all_gather(const Communicator& comm, const std::vector<std::int64_t>& own);

}  // namespace tessera::comm
