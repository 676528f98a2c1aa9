#include "base/affinity.hpp"

#include <sched.h>

#include <bit>

namespace tessera {

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

}  // namespace tessera
