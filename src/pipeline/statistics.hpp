#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include <tessera/report.hpp>

#include "base/affinity.hpp"

namespace tessera::pipeline {

/// Where this rank's time and memory in commits went. Seconds of the calling thread, summed over all commits.
struct Statistics {
  double exchange = 0;             ///< packing and sending what other ranks assemble, waiting for what arrives
  double encode = 0;               ///< assembling and encoding chunks
  double place = 0;                ///< waiting to learn where in the file this rank's bytes go
  double write = 0;                ///< handing bytes to the file system
  double sync = 0;                 ///< waiting for stable storage
  double publish = 0;              ///< agreeing, and rank 0's work on the metadata
  double copy = 0;                 ///< of commits that do not wait: exchanging and assembling chunks
  double hidden = 0;               ///< of the same: seconds in which threads encoded and wrote behind the simulation
  double blocked = 0;              ///< and in which the simulation waited for them
  std::uint64_t raw_bytes = 0;     ///< of this rank's chunks, before encoding
  std::uint64_t stored_bytes = 0;  ///< of the same, in the file
  std::uint64_t requests = 0;      ///< calls of write for these, in commits that are in the file
  std::uint64_t space_left = 0;    ///< of the file, that this rank has ahead of time
  bool shares_space = false;       ///< together with the other ranks of its node
  std::size_t peak_bytes = 0;      ///< the most memory in use beyond the caller's
  std::size_t threads = 1;         ///< that encode
  CpuSet output_cpus{};            ///< of those that work behind the simulation; none: where the rank runs
  std::uint64_t rounds = 0;        ///< parts of fields that were assembled at a time, as memory allows

  /// What rank 0 does alone is not in it.
  StageSeconds seconds() const noexcept { return {0, 0, exchange, encode, place, write, sync, 0}; }
};

/// Adds the time until it goes out of scope to one of the sums.
class Timer {
 public:
  explicit Timer(double& sum) : sum_(sum) {}
  ~Timer() { sum_ += std::chrono::duration<double>(Clock::now() - begin_).count(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

 private:
  using Clock = std::chrono::steady_clock;
  double& sum_;
  Clock::time_point begin_ = Clock::now();
};

}  // namespace tessera::pipeline
