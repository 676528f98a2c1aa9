#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tessera::hdf5 {

/// The checksum of HDF5's blocks of metadata: hashlittle() of Bob Jenkins' lookup3, begun with 0.
/// https://burtleburtle.net/bob/c/lookup3.c
std::uint32_t lookup3(std::span<const std::byte> bytes) noexcept;

}  // namespace tessera::hdf5
