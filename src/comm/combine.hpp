#pragma once

#include <mpi.h>

#include <type_traits>
#include <utility>
#include <vector>

#include "base/narrow.hpp"
#include "comm/check.hpp"
#include "comm/run.hpp"

namespace tessera::comm {

/// The ranks' values at each place put together, the same on every rank but for rounding. Collective, with as many
/// values on each rank.
/// \tparam merge adds its second argument to its first, in whatever order
template <class T, void (*merge)(T&, const T&) noexcept>
std::vector<T> combine(const Communicator& comm, std::vector<T> own) {
  static_assert(std::is_trivially_copyable_v<T>);
  if (comm.size() == 1 || own.empty()) return own;
  /// What MPI works with until it is done.
  struct Reduction {
    std::vector<T> values;
    MPI_Datatype type = MPI_DATATYPE_NULL;
    MPI_Op operation = MPI_OP_NULL;

    explicit Reduction(std::vector<T> own_values) : values(std::move(own_values)) {}
    Reduction(Reduction&& other) noexcept
        : values(std::move(other.values)),
          type(std::exchange(other.type, MPI_DATATYPE_NULL)),
          operation(std::exchange(other.operation, MPI_OP_NULL)) {}
    Reduction& operator=(Reduction&&) = delete;
    ~Reduction() {
      if (!mpi_is_usable()) return;
      if (operation != MPI_OP_NULL) MPI_Op_free(&operation);
      if (type != MPI_DATATYPE_NULL) MPI_Type_free(&type);
    }
  };
  Reduction reduction(std::move(own));
  check(MPI_Type_contiguous(static_cast<int>(sizeof(T)), MPI_BYTE, &reduction.type), "MPI_Type_contiguous");
  check(MPI_Type_commit(&reduction.type), "MPI_Type_commit");
  constexpr auto function = [](void* from, void* into, int* count, MPI_Datatype*) {
    for (int i = 0; i < *count; ++i) merge(static_cast<T*>(into)[i], static_cast<const T*>(from)[i]);
  };
  check(MPI_Op_create(function, 1, &reduction.operation), "MPI_Op_create");
  return run(comm, std::move(reduction), [&](Reduction& r, MPI_Request* request) {
           check(MPI_Iallreduce(MPI_IN_PLACE, r.values.data(), narrow<int>(r.values.size(), "the number of values"),
                                r.type, r.operation, comm.get(), request),
                 "MPI_Iallreduce");
         })
      .values;
}

}  // namespace tessera::comm
