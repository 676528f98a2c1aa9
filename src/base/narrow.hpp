#pragma once

#include <string>
#include <utility>

#include <tessera/error.hpp>

namespace tessera {

/// A checked integer conversion: every count that passes into an interface of a narrower type goes through here.
/// \throws Error invalid_argument when the value does not fit
template <class To, class From>
To narrow(From value, const char* what) {
  if (!std::in_range<To>(value)) {
    throw Error(ErrorCode::invalid_argument, std::string(what) + " = " + std::to_string(value) +
                                                 " is too large for the interface it passes through");
  }
  return static_cast<To>(value);
}

}  // namespace tessera
