#pragma once

#include <optional>
#include <utility>

#include "base/attempt.hpp"
#include "comm/agree.hpp"
#include "comm/communicator.hpp"
#include "comm/exchange.hpp"
#include "grid/directory.hpp"

/// \file
/// The messages of planning: a rank that cannot make its own is heard of first, so that nobody waits for it.

namespace tessera::pipeline {

/// Runs `make` on every rank; all throw when it fails on one. Collective.
template <class Make>
auto made_by_all(const comm::Communicator& comm, Make&& make) {
  std::optional<Error> failure;
  decltype(make()) made;
  attempt(failure, [&] { made = std::forward<Make>(make)(); });
  comm::agree(comm, {"planning", std::move(failure)});
  return made;
}

/// Sends the lists that `make` returns. Collective.
template <class Make>
grid::Lists exchange(const comm::Communicator& comm, Make&& make) {
  return comm::all_to_all(comm, made_by_all(comm, std::forward<Make>(make)));
}

/// Tells everybody the numbers that `make` returns. Collective.
template <class Make>
comm::Gathered gather(const comm::Communicator& comm, Make&& make) {
  return comm::all_gather(comm, made_by_all(comm, std::forward<Make>(make)));
}

}  // namespace tessera::pipeline
