#include "hdf5/check.hpp"

#include <array>
#include <cstdio>
#include <string>

#include <tessera/error.hpp>

#include "base/attempt.hpp"
#include "base/text.hpp"

namespace tessera::hdf5 {

namespace {

/// Why a call failed. HDF5 fills it in, through which nothing can be thrown.
struct Cause {
  hid_t major = H5I_INVALID_HID;
  hid_t minor = H5I_INVALID_HID;
  std::array<char, 256> text{};
};

/// Called from the innermost frame outwards: the first description that says something is the cause.
herr_t keep_innermost(unsigned number, const H5E_error2_t* frame, void* out) {
  auto& cause = *static_cast<Cause*>(out);
  if (number == 0) {
    cause.major = frame->maj_num;
    cause.minor = frame->min_num;
  }
  if (cause.text[0] == '\0' && frame->desc != nullptr) {
    std::snprintf(cause.text.data(), cause.text.size(), "%s", frame->desc);
  }
  return 0;
}

Cause cause_of_failure() noexcept {
  Cause cause;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_innermost, &cause);
  return cause;
}

bool is_for_want_of_memory(const Cause& cause) noexcept {
  return cause.major == H5E_RESOURCE && (cause.minor == H5E_NOSPACE || cause.minor == H5E_CANTALLOC);
}

[[noreturn]] void fail(const char* call, std::string_view about) {
  const Cause cause = cause_of_failure();
  H5Eclear2(H5E_DEFAULT);
  const ErrorCode code = is_for_want_of_memory(cause) ? ErrorCode::out_of_memory : ErrorCode::hdf5;
  throw made_error(code, {}, [&] {
    const std::string reason(cause.text.data());
    return Error(code, std::string(call) + " failed for " + in_quotes(about) + (reason.empty() ? "" : ": " + reason));
  });
}

}  // namespace

Quiet::Quiet() {
  H5Eget_auto2(H5E_DEFAULT, &function_, &data_);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

Quiet::~Quiet() { H5Eset_auto2(H5E_DEFAULT, function_, data_); }

void check(herr_t result, const char* call, std::string_view about) {
  if (result < 0) fail(call, about);
}

hid_t check_id(hid_t result, const char* call, std::string_view about) {
  if (result < 0) fail(call, about);
  return result;
}

bool failed_with(hid_t major, hid_t minor) {
  const Cause cause = cause_of_failure();
  return cause.major == major && cause.minor == minor;
}

}  // namespace tessera::hdf5
