#pragma once

#include <string>

namespace tessera::storage {

/// Gives an open file the owner, group, mode and access list of another one, which it is going to replace. An owner and
/// a group that this process may not give stay its own; what the mode granted the group is then cut down to what it
/// granted everybody. Nothing where there is no other file.
/// \param path of the other file
/// \param name what the user calls it, for messages
/// \throws Error storage
void adopt_ownership(int descriptor, const std::string& path, const std::string& name);

}  // namespace tessera::storage
