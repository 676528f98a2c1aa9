#pragma once

#include <hdf5.h>

#include <string_view>

namespace tessera::hdf5 {

/// While it lives, HDF5 prints no error stack of its own; what the application had set comes back afterwards.
class Quiet {
 public:
  Quiet();
  ~Quiet();
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;

 private:
  H5E_auto2_t function_ = nullptr;
  void* data_ = nullptr;
};

/// The one place where an HDF5 return value is read: negative means failed. Needs no memory where it did not: an
/// identifier is not lost.
/// \throws Error hdf5 with the call, what it was about, and the innermost reason of HDF5's error stack; out_of_memory
///         where that is the reason
void check(herr_t result, const char* call, std::string_view about);

/// The same for calls that return an identifier.
hid_t check_id(hid_t result, const char* call, std::string_view about);

/// Where a call fails because something is not there: whether the innermost cause of the last failure is this one.
bool failed_with(hid_t major, hid_t minor);

}  // namespace tessera::hdf5
