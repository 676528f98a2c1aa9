#pragma once

#include <string>

namespace tessera::storage {

/// A name, without directory, for an unfinished file that will be called `path`; another one each time.
std::string unfinished_name(const std::string& path);

/// Removes what was left unfinished of a file called `path` by jobs that are no more. Never fails.
void remove_stale_files(const std::string& path) noexcept;

}  // namespace tessera::storage
