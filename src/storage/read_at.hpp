#pragma once

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>

namespace tessera::storage {

/// Reads until `bytes` is full or the file ends; reads that are interrupted or short go on.
/// \returns the number of bytes read; -1 with errno where a read failed
inline ssize_t read_at(int descriptor, std::span<std::byte> bytes, std::uint64_t offset) noexcept {
  constexpr std::size_t most = std::size_t{1} << 30;
  std::size_t total = 0;
  while (total < bytes.size()) {
    const std::size_t part = std::min(bytes.size() - total, most);
    const ssize_t done = ::pread(descriptor, bytes.data() + total, part, static_cast<off_t>(offset + total));
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return -1;
    if (done == 0) break;
    total += static_cast<std::size_t>(done);
  }
  return static_cast<ssize_t>(total);
}

}  // namespace tessera::storage
