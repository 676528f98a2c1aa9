#pragma once

#include <cstdint>
#include <vector>

namespace bench {

/// What the first use of fresh pages costs. On virtual machines freed memory may go back to the host within seconds,
/// and a page that comes from there takes many times longer than one that the kernel has at hand.

/// Minor page faults of this process so far: getrusage, all threads.
std::int64_t minor_faults();

/// Seconds per minor fault now: of 64 MiB that are mapped, touched page by page and given back.
double seconds_per_fault();

/// The mean over all ranks. Collective.
double mean_over_ranks(double value);

/// Runs `work`; adds the minor faults that it cost, the mean over all ranks, to `faults`. Collective.
template <class Work>
void count_faults(std::vector<double>& faults, Work&& work) {
  const std::int64_t before = minor_faults();
  work();
  faults.push_back(mean_over_ranks(static_cast<double>(minor_faults() - before)));
}

}  // namespace bench
