#pragma once

#include <tessera/requirements.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

/// \file
/// Errors: what a failed call throws.

namespace tessera {

/// What went wrong. The numbers are stable: new codes take new numbers.
enum class ErrorCode {
  invalid_argument = 1,  ///< A value that no call can accept: an empty name, a negative extent.
  ranks_disagree = 2,    ///< Ranks made different calls, or the same call with other values.
  out_of_bounds = 3,     ///< A box reaches outside its field.
  overlap = 4,           ///< Two boxes of one field and step share a cell.
  not_covered = 5,       ///< Boxes leave a part of a field without data, and it has no fill value.
  shape_mismatch = 6,    ///< An array's extents are not those of its box plus halo.
  type_mismatch = 7,     ///< An array's element type is not the field's.
  name_in_use = 8,       ///< A run, field, axis or attribute of that name exists already.
  wrong_order = 9,       ///< A call at the wrong time: a put outside a step, a call after close().
  file_exists = 10,      ///< The file is there and Options::overwrite is not set.
  storage = 11,          ///< The operating system refused: no such directory, no permission, no space.
  not_initialized = 12,  ///< MPI or Kokkos is not initialised, or already finalised.
  out_of_memory = 13,    ///< An allocation failed, or a copy is beyond Options::memory_budget.
  abandoned = 14,        ///< Another rank destroyed its writer without close().
  hdf5 = 15,             ///< An HDF5 call failed.
  mpi = 16,              ///< An MPI call failed.
  internal = 17,         ///< A defect of Tessera: please report it.
  rank_missing = 18,     ///< A rank did not come within Options::rank_timeout.
  wrong_thread = 19,     ///< A call from a thread that may not make it, or from two threads at once.
  not_found = 20,        ///< The file has no run, field, step or attribute of that name or number.
};

/// The name of a code as it is spelled in the enumeration, for example "overlap".
const char* to_string(ErrorCode code) noexcept;

/// The one exception type of the library.
///
/// Thrown by collective calls, then by every rank with the same code() and what(); what() names the
/// field, the ranks concerned, the cause and the remedy. Local calls (Step::put, Step::scalar) do not
/// throw: they note the error, and the next collective call throws it everywhere. Only errors that ranks cannot
/// communicate, such as MPI that is not initialised, are thrown on one rank alone.
///
/// Copying never throws, so an error can be reported when memory is exhausted.
class Error : public std::runtime_error {
 public:
  /// Made by the library; `ranks` are the cause.
  Error(ErrorCode code, const std::string& message, std::vector<int> ranks = {})
      : std::runtime_error(message), code_(code) {
    if (!ranks.empty()) ranks_ = std::make_shared<const std::vector<int>>(std::move(ranks));
  }

  /// The kind of failure.
  ErrorCode code() const noexcept { return code_; }

  /// The ranks (of the writer's communicator) that are the cause, ascending; empty when no rank in particular is.
  const std::vector<int>& ranks() const noexcept {
    static const std::vector<int> none;
    return ranks_ ? *ranks_ : none;
  }

 private:
  ErrorCode code_;
  std::shared_ptr<const std::vector<int>> ranks_;  ///< nullptr: none
};

}  // namespace tessera
