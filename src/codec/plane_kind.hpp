#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tessera::codec {

/// What a look at a few of a plane's bytes, or for constants at all of them, says. The first three are those that
/// methods are tried on, and remembered apart: one field can have chunks of all of them.
enum class PlaneKind : std::uint8_t {
  busy,      ///< few bytes are equal to the one before
  calm,      ///< half of them and more; or there are places where all are
  still,     ///< nearly all of them
  constant,  ///< every byte is the same
  random,    ///< in the sampled bytes all values are equally frequent and nothing repeats: no method makes it smaller
};

constexpr bool is_tried(PlaneKind kind) noexcept { return kind <= PlaneKind::still; }

/// Looks at 2 KiB of a plane, at 100 KiB where these look random, and at all of it only as long as it is constant. A
/// plane of less than 4 KiB is never random.
PlaneKind kind_of(std::span<const std::byte> plane) noexcept;

}  // namespace tessera::codec
