#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tessera {

/// The processors that this thread may run on, as bits; those from 1024 on are not told.
using CpuSet = std::array<std::uint64_t, 16>;
CpuSet allowed_cpus() noexcept;

/// How many they are.
int count_of(const CpuSet& cpus) noexcept;

/// This thread runs on these from here on, as far as the system lets it. \returns whether it does on any
bool run_on(const CpuSet& cpus) noexcept;

/// "0-3,8"; and what such a text names: nothing where it is none.
std::string to_text(const CpuSet& cpus);
std::optional<CpuSet> cpus_of(std::string_view list);

}  // namespace tessera
