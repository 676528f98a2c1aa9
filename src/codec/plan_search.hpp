#pragma once

#include <span>

#include "codec/effort.hpp"
#include "codec/field_memory.hpp"

namespace tessera::codec {

/// The plan that takes little time among those whose size is allowed; the smallest one where none is.
/// \param estimates one per plane, all known; sizes[i] is that of methods[i]
/// \param allowed size of the chunk, in parts of a plane's size
Plan find_plan(std::span<const PlaneEstimate> estimates, std::span<const Method> methods, double allowed) noexcept;

}  // namespace tessera::codec
