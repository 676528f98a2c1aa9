#pragma once

#include <optional>
#include <vector>

#include "comm/communicator.hpp"

/// \file
/// Agreements of destructors, which stop waiting whatever the limit. Where the others do not come in time, the
/// communicator's memory stays: Watch::unfinished.

namespace tessera::comm {

/// How long a destructor waits for the other ranks' destructors or next collective call.
inline constexpr double abandon_seconds = 5;

/// Joins the others' agreement to tell that this rank's writer is being destroyed without close(). For destructors:
/// waits at most `seconds`, since the others may never come. Those that come later learn it all the same.
/// \returns the ranks that left (all that took part know them), or nothing when time ran out
std::optional<std::vector<int>> abandon(const Communicator& comm, double seconds) noexcept;

/// After a rank has left: true when every rank calls this within `seconds`, so that they can end something together. A
/// rank whose abandon() returned nothing does not call it.
bool all_arrive(const Communicator& comm, double seconds) noexcept;

}  // namespace tessera::comm
