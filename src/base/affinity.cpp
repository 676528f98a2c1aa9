#include "base/affinity.hpp"

#include <sched.h>

#include <algorithm>
#include <bit>
#include <charconv>

namespace tessera {

namespace {

bool has(const CpuSet& cpus, std::size_t cpu) noexcept { return (cpus[cpu / 64] >> (cpu % 64) & 1) != 0; }

}  // namespace

CpuSet allowed_cpus() noexcept {
  CpuSet result{};
  cpu_set_t set;
  CPU_ZERO(&set);
  // Fails on machines with more processors than the set holds: then one is taken to be there.
  if (::sched_getaffinity(0, sizeof set, &set) != 0) {
    result[0] = 1;
    return result;
  }
  for (std::size_t cpu = 0; cpu < CPU_SETSIZE && cpu < 64 * result.size(); ++cpu) {
    if (CPU_ISSET(cpu, &set)) result[cpu / 64] |= std::uint64_t{1} << (cpu % 64);
  }
  return result;
}

int count_of(const CpuSet& cpus) noexcept {
  int count = 0;
  for (const std::uint64_t word : cpus) count += std::popcount(word);
  return count;
}

bool run_on(const CpuSet& cpus) noexcept {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (std::size_t cpu = 0; cpu < CPU_SETSIZE && cpu < 64 * cpus.size(); ++cpu) {
    if (has(cpus, cpu)) CPU_SET(cpu, &set);
  }
  return ::sched_setaffinity(0, sizeof set, &set) == 0;
}

std::string to_text(const CpuSet& cpus) {
  std::string text;
  for (std::size_t first = 0; first < 64 * cpus.size(); ++first) {
    if (!has(cpus, first)) continue;
    std::size_t last = first;
    while (last + 1 < 64 * cpus.size() && has(cpus, last + 1)) ++last;
    text += (text.empty() ? "" : ",") + std::to_string(first);
    if (last > first) text += "-" + std::to_string(last);
    first = last;
  }
  return text;
}

std::optional<CpuSet> cpus_of(std::string_view list) {
  CpuSet cpus{};
  while (!list.empty()) {
    const std::string_view part = list.substr(0, list.find(','));
    list.remove_prefix(std::min(part.size() + 1, list.size()));
    const char* const end = part.data() + part.size();
    std::size_t first = 0;
    auto read = std::from_chars(part.data(), end, first);
    std::size_t last = first;
    if (read.ec == std::errc() && read.ptr != end && *read.ptr == '-') read = std::from_chars(read.ptr + 1, end, last);
    if (read.ec != std::errc() || read.ptr != end || last < first || last >= 64 * cpus.size()) return std::nullopt;
    for (std::size_t cpu = first; cpu <= last; ++cpu) cpus[cpu / 64] |= std::uint64_t{1} << (cpu % 64);
  }
  if (count_of(cpus) == 0) return std::nullopt;
  return cpus;
}

}  // namespace tessera
