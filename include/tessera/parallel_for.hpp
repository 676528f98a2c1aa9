#pragma once

#include <tessera/requirements.hpp>

#include <cstdint>

/// \file
/// How a program lends its threads to the library, which is built without Kokkos. For <tessera/kokkos.hpp>.

namespace tessera::detail {

/// Calls `work(context, n)` for every n in [0, count), in any order, possibly concurrently, and waits for all of them;
/// or does nothing and returns false.
using ParallelFor = bool (*)(std::int64_t count, void (*work)(const void* context, std::int64_t n),
                             const void* context);

/// From now on large copies run through this function.
void use_parallel_for(ParallelFor function) noexcept;

}  // namespace tessera::detail
