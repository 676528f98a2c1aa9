#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "pack/pack.hpp"

/// \file
/// Jobs for pack() and its reference: arrays of any type and layout, with and without halo.

namespace tessera::pack {

/// The memory of an array and where the packed part begins in it.
struct Memory {
  std::vector<std::byte> bytes;
  std::int64_t offset = 0;  ///< in elements
  Index strides;            ///< in elements
};

/// How a source lies in memory.
enum class Layout { c_order, fortran_order, shuffled_axes, gaps, descending };
inline constexpr Layout all_layouts[] = {Layout::c_order, Layout::fortran_order, Layout::shuffled_axes, Layout::gaps,
                                         Layout::descending};
std::string to_string(Layout layout);

/// Random bytes, so every kind of value, for an array of `extents` with `halo` layers around it.
Memory random_array(DataType type, const Index& extents, std::int64_t halo, Layout layout, std::mt19937& random);

/// A buffer in C order, its bytes all 0xa5, with some elements more on both sides than the packed part needs.
Memory buffer(DataType type, const Index& extents);

PackJob job(const Memory& source, DataType source_type, Memory& target, DataType target_type, const Index& extents);

/// The buffer after pack_reference().
std::vector<std::byte> packed_by_reference(const Memory& source, DataType source_type, DataType target_type,
                                           const Index& extents);

}  // namespace tessera::pack
