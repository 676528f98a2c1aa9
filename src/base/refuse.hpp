#pragma once

#include <string>

#include <tessera/error.hpp>

namespace tessera {

/// For what a caller gave and may not. \throws Error always
[[noreturn]] inline void refuse(ErrorCode code, const std::string& message) { throw Error(code, message); }
/// The same with ErrorCode::invalid_argument.
[[noreturn]] inline void refuse(const std::string& message) { refuse(ErrorCode::invalid_argument, message); }

}  // namespace tessera
