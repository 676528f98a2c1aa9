#pragma once

#include <cstddef>
#include <span>

namespace tessera::storage {

/// What File::write_parts hands to the system at once: the first `parts` of what is left.
struct Request {
  static constexpr std::size_t max_parts = 64;
  std::size_t parts = 0;
  std::size_t bytes = 0;
};

/// One system call where the parts are small; each on its own where they are large.
inline Request next_request(std::span<const std::span<const std::byte>> parts) noexcept {
  constexpr std::size_t large = std::size_t{4} << 20;
  Request request;
  while (request.parts < parts.size() && request.parts < Request::max_parts) {
    const std::size_t size = parts[request.parts].size();
    if (request.parts > 0 && request.bytes + size > large) break;
    request.bytes += size;
    ++request.parts;
  }
  return request;
}

}  // namespace tessera::storage
