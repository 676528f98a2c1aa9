#pragma once

#include <optional>
#include <string>
#include <utility>

#include <tessera/error.hpp>

namespace tessera {

/// What is being handled, as an Error: for a catch (...). Also where there is no memory to say what it was.
Error caught_error() noexcept;

/// An error with this code that is there from the start of the program, for where a new one cannot be made.
const Error& preallocated_error(ErrorCode code) noexcept;

/// Runs `action` and keeps what it throws, whatever that is, as an Error in `failure`, unless one is there already.
/// Code between two agreements of all ranks runs in here: a rank that fails still comes to the next agreement.
template <class Action>
void attempt(std::optional<Error>& failure, Action&& action) noexcept {
  try {
    std::forward<Action>(action)();
  } catch (...) {
    Error caught = caught_error();
    if (!failure) failure.emplace(std::move(caught));
  }
}

/// The same where what went wrong before makes the action pointless, or impossible.
template <class Action>
void attempt_unless(std::optional<Error>& failure, Action&& action) noexcept {
  if (!failure) attempt(failure, std::forward<Action>(action));
}

/// The error that `make` returns, unless there is a failure; where that takes more memory than there is, one that has
/// the code alone. For what all ranks throw with the same code.
template <class Make>
Error made_error(ErrorCode code, std::optional<Error> failure, const Make& make) noexcept {
  std::optional<Error> error;
  attempt_unless(failure, [&] { error.emplace(make()); });
  return error ? *error : preallocated_error(code);
}

/// The same error with what it is about in front: "field 'temperature': writing failed ...".
inline Error about(const std::string& what, const Error& error) noexcept {
  try {
    return Error(error.code(), what + ": " + error.what(), error.ranks());
  } catch (...) {
    return error;  // there is no memory for the words in front
  }
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
