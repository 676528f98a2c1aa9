#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tessera/error.hpp>

#include "comm/communicator.hpp"

namespace tessera::comm {

/// What a rank contributes to an agreement of all ranks.
struct Call {
  /// The call with all its values, readable and exact: two ranks make the same call when these are equal.
  std::string what;
  /// What this rank noted since the last agreement, without the rank's number.
  std::optional<Error> error = {};
  /// Flags of the caller's choice: agree() returns those that all ranks set.
  std::uint64_t flags = 0;
  /// What rank 0 tells all ranks along with it; ignored on the others.
  std::uint64_t from_root = 0;
  /// Goes before the error, and before the ranks' numbers: "commit of step 12 of run 'a'".
  std::string context = {};
  /// What may differ without being another call: whether it does is Outcome::same_values.
  std::string values = {};
};

/// The result of an agreement, the same on every rank.
struct Outcome {
  std::uint64_t flags = 0;      ///< the flags that every rank set
  std::uint64_t from_root = 0;  ///< also where there is an error, unless a rank has left
  bool same_call = true;
  bool same_values = true;
  std::optional<Error> error;
};

/// Reaches agreement among all ranks. Collective: every collective call of the library begins here, so that calls of
/// different kinds are matched with each other instead of waiting for ever. One reduction of seven words where all is
/// well. Needs no memory, so that no rank stays away for lack of it.
///
/// \throws Error the same on every rank: `abandoned` when a rank has left (see abandon), else what the lowest rank with
///        an error noted (naming the ranks with errors, and another cause where there is one), else `ranks_disagree`
///        with one call of either side. A rank that has no memory for the text throws one with the same code.
Outcome agree(const Communicator& comm, const Call& call);

/// The same for callers that have to know more of the outcome before they throw: nothing is thrown but what MPI itself
/// reports, and that ranks are missing (Watch::wait).
Outcome try_agree(const Communicator& comm, const Call& call);

/// An agreement in the middle of a call: did everybody's part of `what` succeed?
Outcome try_conclude(const Communicator& comm, const char* what, const std::optional<Error>& failure,
                     std::uint64_t flags = 0, std::uint64_t from_root = 0);
Outcome conclude(const Communicator& comm, const char* what, const std::optional<Error>& failure = {},
                 std::uint64_t flags = 0);

/// Before waits that know no limit (HDF5's): a rank that comes late to an agreement completes it all the same, since
/// the others have begun it, but not this second one, when the others have given up in between. Collective; does
/// nothing without a limit.
void confirm(const Communicator& comm);

/// For a rank that has no memory even for its own part in what the others make together: tells them in their first
/// agreement. Collective over `original`, with what the others construct a Communicator from. \throws Error
[[noreturn]] void refuse(MPI_Comm original, const char* owner, double limit, const Error& failure);

}  // namespace tessera::comm
