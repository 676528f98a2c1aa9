#pragma once

#include <hdf5.h>

#include <string>
#include <vector>

namespace tessera::hdf5 {

/// What a group has as a member.
struct Link {
  std::string name;
  bool is_hard = false;  ///< others lead to other files, or nowhere
};

/// The members of a group, in the order of creation where the file keeps it, else by name.
std::vector<Link> links_of(hid_t group, const std::string& about);

}  // namespace tessera::hdf5
