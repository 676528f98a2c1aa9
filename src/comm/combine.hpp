#pragma once

#include <mpi.h>

#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/narrow.hpp"
#include "comm/check.hpp"
#include "comm/run.hpp"

namespace tessera::comm {

/// Puts the ranks' values at each place together, the same on every rank up to rounding.
/// \tparam merge adds its second argument to its first, in whatever order
template <class T, void (*merge)(T&, const T&) noexcept>
class Combination {
 public:
  static_assert(std::is_trivially_copyable_v<T>);
  explicit Combination(const Communicator& comm) : comm_(comm) {}

  /// Memory for `count` values, so that combining cannot fail for lack of it. Local. \throws std::bad_alloc, Error mpi
  void reserve(std::size_t count) {
    if (!reduction_) reduction_ = std::make_shared<Reduction>(comm_);
    narrow<int>(count, "the number of values");
    reduction_->values.reserve(count);
  }

  /// As many values as were reserved, or fewer; they are new.
  std::span<T> values(std::size_t count) {
    reduction_->values.assign(count, T{});
    return reduction_->values;
  }

  /// Turns the values into those of all ranks. Collective, with as many values on each rank.
  void combine() {
    if (comm_.size() == 1 || reduction_->values.empty()) return;
    run_on(comm_, reduction_, [&](Reduction& r, MPI_Request* request) {
      check(MPI_Iallreduce(MPI_IN_PLACE, r.values.data(), static_cast<int>(r.values.size()), r.type, r.operation,
                           comm_.get(), request),
            "MPI_Iallreduce");
    });
  }

 private:
  /// What MPI works with until it is done.
  struct Reduction {
    explicit Reduction(const Communicator& communicator) : comm(communicator) {
      check(MPI_Type_contiguous(static_cast<int>(sizeof(T)), MPI_BYTE, &type), "MPI_Type_contiguous");
      check(MPI_Type_commit(&type), "MPI_Type_commit");
      constexpr auto function = [](void* from, void* into, int* count, MPI_Datatype*) {
        for (int i = 0; i < *count; ++i) merge(static_cast<T*>(into)[i], static_cast<const T*>(from)[i]);
      };
      check(MPI_Op_create(function, 1, &operation), "MPI_Op_create");
    }
    ~Reduction() {
      if (!comm.usable()) return;
      if (operation != MPI_OP_NULL) MPI_Op_free(&operation);
      if (type != MPI_DATATYPE_NULL) MPI_Type_free(&type);
    }
    Reduction(const Reduction&) = delete;
    Reduction& operator=(const Reduction&) = delete;

    const Communicator& comm;
    std::vector<T> values;
    MPI_Datatype type = MPI_DATATYPE_NULL;
    MPI_Op operation = MPI_OP_NULL;
  };

  const Communicator& comm_;
  std::shared_ptr<Reduction> reduction_;
};

}  // namespace tessera::comm
