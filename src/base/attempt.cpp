#include "base/attempt.hpp"

#include <cxxabi.h>

#include <cstdlib>
#include <exception>
#include <memory>
#include <new>
#include <stdexcept>
#include <typeinfo>
#include <vector>

namespace tessera {

namespace {

constexpr auto last_code = ErrorCode::not_found;

std::vector<Error> make_preallocated_errors() {
  std::vector<Error> errors;
  for (int code = 0; code <= static_cast<int>(last_code); ++code) {
    const auto kind = static_cast<ErrorCode>(code);
    errors.emplace_back(kind, kind == ErrorCode::out_of_memory
                                  ? "out of memory; use more nodes, or ranks with more memory each"
                                  : std::string(to_string(kind)) + "; there is no memory left to say more");
  }
  return errors;
}

/// Made when the library is loaded.
const std::vector<Error> preallocated_errors = make_preallocated_errors();

/// "int", for `throw 42`.
std::string type_of_current_exception() {
  const std::type_info* type = abi::__cxa_current_exception_type();
  if (type == nullptr) return "unknown type";
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(abi::__cxa_demangle(type->name(), nullptr, nullptr, &status),
                                                    std::free);
  return std::string("type ") + (name ? name.get() : type->name());
}

Error described_error() {
  try {
    throw;
  } catch (const Error& error) {
    return error;
  } catch (const std::bad_alloc&) {
    return preallocated_error(ErrorCode::out_of_memory);
  } catch (const std::length_error&) {  // more elements than a container can have
    return preallocated_error(ErrorCode::out_of_memory);
  } catch (const std::exception& error) {
    return Error(ErrorCode::internal, std::string("unexpected: ") + error.what());
  } catch (...) {
    return Error(ErrorCode::internal, "unexpected: an exception of " + type_of_current_exception() + " was thrown");
  }
}

}  // namespace

Error caught_error() noexcept {
  try {
    return described_error();
  } catch (...) {
    return preallocated_error(ErrorCode::out_of_memory);
  }
}

const Error& preallocated_error(ErrorCode code) noexcept { return preallocated_errors[static_cast<std::size_t>(code)]; }

}  // namespace tessera
