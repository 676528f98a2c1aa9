#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace tessera::storage {

/// The largest size that this process may give a file (RLIMIT_FSIZE); the largest number where there is no limit.
///
/// The kernel does not only refuse what goes beyond: it sends SIGXFSZ, which ends the process unless the application
/// has said otherwise. So every call that makes a file longer asks here first.
std::uint64_t file_size_limit() noexcept;

/// The same for messages: "1048576 bytes", or "not this process's" where it has none (the file system's, then).
std::string limit_text();

/// Bytes that an ordinary user can still write on the file system of `path`; nothing where that cannot be known.
std::optional<std::uint64_t> free_space(const std::string& path) noexcept;

}  // namespace tessera::storage
