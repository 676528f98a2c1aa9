#pragma once

#include <functional>

namespace tessera::comm {

/// What MPI_Finalize begins with, on this rank, while MPI can still be used: an attribute of MPI_COMM_SELF is deleted
/// then (MPI 4.1, section 11.2.4). Neither copied nor moved.
class BeforeFinalize {
 public:
  /// \param action that does not throw. \throws Error mpi
  explicit BeforeFinalize(std::function<void()> action);
  ~BeforeFinalize();  ///< Without the action.
  BeforeFinalize(const BeforeFinalize&) = delete;
  BeforeFinalize& operator=(const BeforeFinalize&) = delete;

 private:
  std::function<void()> action_;
  int key_ = 0;
};

}  // namespace tessera::comm
