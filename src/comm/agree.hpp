#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <tessera/error.hpp>

#include "comm/communicator.hpp"

namespace tessera::comm {

/// What a rank brings to a meeting of all ranks.
struct Call {
  /// The call with all its values, readable and exact: two ranks make the same call when these are equal.
  std::string what;
  /// What this rank noted since the last meeting, without the rank's number.
  std::optional<Error> error = {};
  /// Bits that all ranks set are returned by agree(). Free use.
  std::uint64_t offers = 0;
};

/// Meets all ranks. Collective: every collective call of the library begins here, so that calls of different kinds meet
/// each other instead of waiting for ever. One reduction of four words where all is well.
///
/// \returns the bits of `offers` that every rank set
/// \throws Error the same on every rank: `abandoned` when a rank has left (see abandon), else what the lowest rank with an
///         error noted, else `ranks_disagree` with one call of either side
std::uint64_t agree(const Communicator& comm, const Call& call);

/// The same for callers that have to know whether all ranks made the same call before they throw: nothing is thrown
/// but what MPI itself reports.
struct Outcome {
  std::uint64_t offers = 0;
  bool same_call = true;
  std::optional<Error> error;
};
Outcome try_agree(const Communicator& comm, const Call& call);

/// The text that `root` has, on every rank. Collective.
std::string broadcast_text(const Communicator& comm, int root, std::string text);

/// Joins the others' meeting to tell that this rank's writer is being destroyed without close(). For destructors: waits at
/// most `seconds`, since the others may never come. Those that come later learn it all the same.
/// \returns the ranks that left (all who met know them), or nothing when time ran out
std::optional<std::vector<int>> abandon(const Communicator& comm, double seconds) noexcept;

/// After a rank has left: true when every rank calls this within `seconds`, so that they can end something together. A
/// rank whose abandon() returned nothing does not call it.
bool all_come(const Communicator& comm, double seconds) noexcept;

}  // namespace tessera::comm
