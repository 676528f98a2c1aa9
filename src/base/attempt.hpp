#pragma once

#include <exception>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include <tessera/error.hpp>

namespace tessera {

/// Runs `action` and keeps what it throws as an Error in `failure`, unless one is there already. Code between two
/// meetings of all ranks runs in here: a rank that fails still comes to the next meeting.
template <class Action>
void attempt(std::optional<Error>& failure, Action&& action) noexcept {
  std::optional<Error> caught;
  try {
    std::forward<Action>(action)();
    return;
  } catch (const Error& error) {
    caught = error;
  } catch (const std::bad_alloc&) {
    caught.emplace(ErrorCode::out_of_memory, "out of memory; use more nodes, or ranks with more memory each");
  } catch (const std::exception& error) {
    caught.emplace(ErrorCode::internal, std::string("unexpected: ") + error.what());
  }
  if (!failure) failure = std::move(caught);
}

/// The same error with what it is about in front: "field 'temperature': writing failed ...".
inline Error about(const std::string& what, const Error& error) {
  return Error(error.code(), what + ": " + error.what(), error.ranks());
}

/// For what throws the same on every rank: puts `context` in front of it.
template <class Body>
decltype(auto) in_context(const std::string& context, Body&& body) {
  try {
    return std::forward<Body>(body)();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::rank_missing) throw;  // names the call itself
    throw about(context, error);
  }
}

}  // namespace tessera
