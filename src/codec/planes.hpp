#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "codec/field_memory.hpp"
#include "codec/plane_kind.hpp"

namespace tessera::codec {

/// A chunk as the parts that are compressed one by one: its byte planes, or all of it where there are none or they are
/// small.
class Planes {
 public:
  /// \param bytes 1 or more, divisible by plane_count
  Planes(std::span<const std::byte> bytes, std::size_t plane_count) noexcept : bytes_(bytes) {
    // A block's header takes up to 100 bytes: not worth it for less.
    constexpr std::size_t smallest_plane = 2048;
    count_ = bytes.size() / plane_count >= smallest_plane ? plane_count : 1;
    for (std::size_t plane = 0; plane < count_; ++plane) kinds_[plane] = kind_of((*this)[plane]);
  }

  std::size_t count() const noexcept { return count_; }
  std::size_t plane_bytes() const noexcept { return bytes_.size() / count_; }
  std::span<const std::byte> bytes() const noexcept { return bytes_; }
  std::span<const std::byte> operator[](std::size_t plane) const noexcept {
    return bytes_.subspan(plane * plane_bytes(), plane_bytes());
  }
  PlaneKind kind(std::size_t plane) const noexcept { return kinds_[plane]; }

 private:
  std::span<const std::byte> bytes_;
  std::size_t count_ = 1;
  std::array<PlaneKind, max_planes> kinds_{};
};

}  // namespace tessera::codec
