#pragma once

#include <array>
#include <cstdint>

namespace tessera {

/// The processors that this thread may run on, as bits; those from 1024 on are not told.
using CpuSet = std::array<std::uint64_t, 16>;
CpuSet allowed_cpus() noexcept;

/// How many they are.
int count_of(const CpuSet& cpus) noexcept;

}  // namespace tessera
