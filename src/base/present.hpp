#pragma once

#include <string>

#include <tessera/error.hpp>

namespace tessera {

/// What stands behind a public handle. One that was moved from, or a default-constructed one, has nothing.
/// \throws Error wrong_order
template <class Pointer>
auto& present(Pointer& pointer, const char* what) {
  if (!pointer) {
    throw Error(ErrorCode::wrong_order, std::string("a call on a ") + what + " that was moved from; use the new one");
  }
  return *pointer;
}

}  // namespace tessera
