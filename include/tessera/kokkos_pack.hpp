#pragma once

#include <tessera/requirements.hpp>

#include <Kokkos_Core.hpp>

#include <cstddef>
#include <cstdint>

#include <tessera/device_memory.hpp>

/// \file
/// The kernels that pack a part of a view on a device, and put it back. For <tessera/kokkos_device.hpp>.

namespace tessera::detail {

/// Where the elements of a part of an array lie, in C order. Axes that are contiguous in memory are merged.
struct PartLayout {
  int rank = 0;
  std::int64_t extents[Index::capacity] = {};
  std::int64_t strides[Index::capacity] = {};
  std::int64_t first = 0;  ///< the first element, from the array's
  std::int64_t count = 1;  ///< elements

  PartLayout(const DeviceMemory::Part& part, const Index& array_strides) {
    for (std::size_t axis = 0; axis < part.extents.size(); ++axis) {
      const std::int64_t extent = part.extents[axis];
      first += part.first[axis] * array_strides[axis];
      count *= extent;
      if (extent == 1) continue;
      if (rank > 0 && strides[rank - 1] == extent * array_strides[axis]) {
        extents[rank - 1] *= extent;
        strides[rank - 1] = array_strides[axis];
      } else {
        extents[rank] = extent;
        strides[rank++] = array_strides[axis];
      }
    }
  }
  bool is_contiguous() const { return rank == 0 || (rank == 1 && strides[0] == 1); }

  /// Element n, counted in C order, in elements behind the first.
  KOKKOS_INLINE_FUNCTION std::int64_t offset(std::int64_t n) const {
    std::int64_t result = 0;
    for (int axis = rank - 1; axis > 0; --axis) {
      const std::int64_t slower = n / extents[axis];
      result += (n - slower * extents[axis]) * strides[axis];
      n = slower;
    }
    return result + n * strides[0];
  }
};

/// Elements of a part from `begin` on, contiguously; double to float where the types say so. Pointers, not views: some
/// device compilers lay views out differently than the host compiler does.
template <class From, class To>
struct PackElements {
  const From* part;
  To* packed;
  PartLayout layout;
  std::int64_t begin;
  KOKKOS_INLINE_FUNCTION void operator()(std::int64_t n) const {
    packed[n] = static_cast<To>(part[layout.offset(begin + n)]);
  }
};

/// The way back.
template <class T>
struct SpreadElements {
  T* part;
  const T* packed;
  PartLayout layout;
  std::int64_t begin;
  KOKKOS_INLINE_FUNCTION void operator()(std::int64_t n) const { part[layout.offset(begin + n)] = packed[n]; }
};

}  // namespace tessera::detail
