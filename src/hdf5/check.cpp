#include "hdf5/check.hpp"

#include <tessera/error.hpp>

#include "base/text.hpp"

namespace tessera::hdf5 {

namespace {

/// Called from the innermost frame outwards: the first description that says something is the cause.
herr_t keep_innermost(unsigned, const H5E_error2_t* frame, void* out) {
  auto& text = *static_cast<std::string*>(out);
  if (text.empty() && frame->desc != nullptr) text = frame->desc;
  return 0;
}

struct Cause {
  hid_t major = H5I_INVALID_HID;
  hid_t minor = H5I_INVALID_HID;
};

herr_t keep_first(unsigned number, const H5E_error2_t* frame, void* out) {
  if (number == 0) *static_cast<Cause*>(out) = {frame->maj_num, frame->min_num};
  return 0;
}

[[noreturn]] void fail(const char* call, const std::string& about) {
  std::string reason;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_innermost, &reason);
  H5Eclear2(H5E_DEFAULT);
  throw Error(ErrorCode::hdf5, std::string(call) + " failed for " + in_quotes(about) +
                                   (reason.empty() ? std::string() : ": " + reason));
}

}  // namespace

Quiet::Quiet() {
  H5Eget_auto2(H5E_DEFAULT, &function_, &data_);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

Quiet::~Quiet() { H5Eset_auto2(H5E_DEFAULT, function_, data_); }

void check(herr_t result, const char* call, const std::string& about) {
  if (result < 0) fail(call, about);
}

hid_t check_id(hid_t result, const char* call, const std::string& about) {
  if (result < 0) fail(call, about);
  return result;
}

bool failed_with(hid_t major, hid_t minor) {
  Cause cause;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, &cause);
  return cause.major == major && cause.minor == minor;
}

}  // namespace tessera::hdf5
