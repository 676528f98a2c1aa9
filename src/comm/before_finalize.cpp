#include "comm/before_finalize.hpp"

#include <mpi.h>

#include <utility>

#include "comm/check.hpp"

namespace tessera::comm {

namespace {

int run_action(MPI_Comm, int, void* action, void*) {
  const auto& run = *static_cast<std::function<void()>*>(action);
  if (run) run();
  return MPI_SUCCESS;
}

}  // namespace

BeforeFinalize::BeforeFinalize(std::function<void()> action) : action_(std::move(action)) {
  check(MPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, run_action, &key_, nullptr), "MPI_Comm_create_keyval");
  check(MPI_Comm_set_attr(MPI_COMM_SELF, key_, &action_), "MPI_Comm_set_attr");
}

BeforeFinalize::~BeforeFinalize() {
  if (!mpi_is_usable()) return;
  action_ = nullptr;
  MPI_Comm_delete_attr(MPI_COMM_SELF, key_);
  MPI_Comm_free_keyval(&key_);
}

}  // namespace tessera::comm
