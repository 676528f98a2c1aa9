#pragma once

#include <map>
#include <set>
#include <string>

#include "hdf5/tree.hpp"

namespace tessera::hdf5 {

/// Paths by address.
using Addresses = std::map<hobj_ref_t, std::string>;

/// Gives an object the attributes of another one, in order of creation. What dimension scales and their users say of
/// each other is said of those in `to`.
/// \param scales where the scales of `from` are
void copy_attributes(hid_t from, Tree& to, hid_t target, const std::string& path, const Addresses& scales);

/// What becomes different of attributes that are copied.
struct AttributeChange {
  bool single_precision = false;  ///< _FillValue becomes float
  std::set<std::string> without;  ///< names
};

/// The same of all attributes that `to` does not have, but for what dimension scales and their users say of each other,
/// and for references: into a file of which this says nothing.
void copy_plain_attributes(hid_t from, hid_t to, const std::string& path, const AttributeChange& change = {});

/// Are all dimension scales of a dataset's axes among these?
bool has_scales(hid_t dataset, const std::string& path, const Addresses& scales);

}  // namespace tessera::hdf5
