#pragma once

#include <exception>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include <tessera/error.hpp>

namespace tessera {

/// Runs `action` and keeps what it throws as an Error in `failure`, unless one is there already. Code between two meetings of
/// all ranks runs in here: a rank that fails still comes to the next meeting.
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

}  // namespace tessera
