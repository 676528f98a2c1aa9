#pragma once

#include <hdf5.h>

#include <string>
#include <vector>

#include "base/function_ref.hpp"
#include "hdf5/handle.hpp"

namespace tessera::hdf5 {

/// The name of an open attribute.
std::string attribute_name(hid_t attribute, const std::string& about);

/// Calls with each attribute of an object, in the order of creation where the file keeps it.
void each_attribute(hid_t owner, const std::string& about, FunctionRef<void(hid_t, const std::string& name)> call);

/// An attribute's values as HDF5 has them in memory; texts of variable length are HDF5's.
class StoredAttribute {
 public:
  /// Of an open attribute. \throws Error hdf5
  StoredAttribute(hid_t attribute, const std::string& about);
  ~StoredAttribute();
  StoredAttribute(const StoredAttribute&) = delete;
  StoredAttribute& operator=(const StoredAttribute&) = delete;

  hid_t type() const noexcept { return type_.get(); }
  hid_t space() const noexcept { return space_.get(); }
  const std::vector<char>& bytes() const noexcept { return bytes_; }

 private:
  Handle type_;
  Handle space_;
  std::vector<char> bytes_;
  bool is_read_ = false;
};

}  // namespace tessera::hdf5
