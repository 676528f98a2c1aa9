#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tessera::codec {

/// The checksum at the end of a zlib stream, by the fastest library that Tessera was built with.
/// \param before that of the bytes that go before
std::uint32_t adler32(std::span<const std::byte> bytes, std::uint32_t before = 1) noexcept;

}  // namespace tessera::codec
