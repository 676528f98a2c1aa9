#pragma once

#include <optional>
#include <string>
#include <utility>

#include <tessera/error.hpp>

#include "base/attempt.hpp"
#include "base/function_ref.hpp"
#include "comm/agree.hpp"
#include "comm/communicator.hpp"

/// \file
/// What collective calls on checkpoints have in common.

namespace tessera::detail {

/// Every collective call begins here: all ranks make the same one, and none has found anything wrong.
/// \param what the call, exactly; \param noted what this rank found
void agree_on_call(const comm::Communicator& comm, const char* verb, FunctionRef<std::string()> what,
                   std::optional<Error> noted);

/// \throws Error invalid_argument
void check_checkpoint_path(const std::string& path);

/// Rank 0 does something, and all learn how it went. Collective.
template <class Action>
void on_root(const comm::Communicator& comm, const char* what, Action&& action) {
  std::optional<Error> failure;
  if (comm.rank() == 0) attempt(failure, std::forward<Action>(action));
  comm::conclude(comm, what, failure);
}

}  // namespace tessera::detail
