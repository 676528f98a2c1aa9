#pragma once

#include <string>

namespace tessera::storage {

/// Where a file that is opened by this path would lie: symbolic links at its end are followed, also when they point at
/// nothing yet. The path itself where there are none.
/// \throws Error storage: links in a circle; a path that nothing can be made at; what is there is no regular file
///         (devices, FIFOs and sockets would be replaced by one)
std::string follow_links(const std::string& path);

}  // namespace tessera::storage
