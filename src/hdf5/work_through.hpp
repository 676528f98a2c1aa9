#pragma once

#include <optional>
#include <utility>

#include <tessera/error.hpp>

#include "base/attempt.hpp"

namespace tessera::hdf5 {

/// Does something with HDF5 on a file that is read through a driver of ours, and throws what the driver met, if
/// anything. Several calls of HDF5 take a read that failed for a thing that is not there, and succeed: they say of a
/// dataset that it has no storage, and of a chunk that nobody wrote it.
/// \param driver has take_failure()
template <class Driver, class Action>
void work_through(Driver& driver, Action&& action) {
  std::optional<Error> failure;
  attempt(failure, std::forward<Action>(action));
  if (auto cause = driver.take_failure()) {
    // HDF5's own words name the object.
    const bool is_damage = failure && failure->code() == ErrorCode::hdf5 && cause->code() == ErrorCode::hdf5;
    failure = is_damage ? about(failure->what(), *cause) : std::move(*cause);
  }
  if (failure) throw *failure;
}

}  // namespace tessera::hdf5
