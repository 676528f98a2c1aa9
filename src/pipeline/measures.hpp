#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <tessera/report.hpp>

#include "base/stages.hpp"
#include "pipeline/stages.hpp"
#include "pipeline/statistics.hpp"

/// \file
/// What is told of a commit: each rank's part, and all together.

namespace tessera::pipeline {

using HostName = std::array<char, 24>;  ///< its last characters where it is longer; else it ends with zeros

/// Without domain. Empty where the system does not tell.
HostName short_host_name() noexcept;

/// A rank's calls of write in a commit.
struct RequestCount {
  std::uint32_t count = 0;
  std::uint32_t small = 0;
  std::uint32_t aligned = 0;
  std::uint32_t smallest = 0;
  std::uint32_t largest = 0;

  void add(std::uint64_t offset, std::uint64_t bytes) noexcept;
};

/// Those of one File::write_parts.
void count_requests(RequestCount& requests, std::uint64_t offset,
                    std::span<const std::span<const std::byte>> parts) noexcept;

/// A rank's part of a commit, as it is sent. Seconds of so few digits do.
struct RankMeasures {
  std::array<float, stages.size() - 1> seconds{};  ///< by stage; publish is known later
  float work_so_far = 0;                           ///< seconds in this and all commits before
  std::uint64_t raw_bytes = 0;
  std::uint64_t stored_bytes = 0;
  RequestCount requests;
  std::uint32_t rank = 0;
  HostName host{};

  RankMeasures() = default;
  explicit RankMeasures(int of_rank) noexcept : rank(static_cast<std::uint32_t>(of_rank)), host(short_host_name()) {}
  /// What a rank does not wait for others in.
  static double work_of(const StageSeconds& seconds) noexcept { return seconds.encode + seconds.write + seconds.sync; }
  /// All but requests. \param statistics and what they were before this commit
  void set(const Statistics& statistics, const Statistics& earlier, const SecondsBefore& taken) noexcept;
};

/// Who worked longest, of all, and how long all did.
struct Work {
  double longest = -1;  ///< seconds
  double sum = 0;
  std::uint32_t rank = 0;
  HostName host{};
};

/// All ranks' parts. Trivially copyable, for reductions.
struct CommitMeasures {
  CommitMeasures() = default;
  explicit CommitMeasures(const RankMeasures& one) noexcept;

  StageSeconds sum;
  StageSeconds longest;
  std::uint64_t raw_bytes = 0;
  std::uint64_t stored_bytes = 0;
  WriteRequests requests;
  std::uint64_t ranks = 0;
  std::uint64_t ranks_that_wrote = 0;
  Work work;
  Work work_so_far;
};

/// Adds other ranks' parts, in whatever order.
void merge(CommitMeasures& all, const CommitMeasures& others) noexcept;
void merge(WriteRequests& all, const WriteRequests& others) noexcept;  ///< all but the mean
/// Nothing where there are none. \param bytes of all of them
void set_mean(WriteRequests& requests, std::uint64_t bytes) noexcept;

/// Adds what rank 0 alone did when it had the others' parts; a sync besides its own before.
void add_of_root(CommitMeasures& all, double publish, double sync) noexcept;

/// As the user gets it: without a number, a name and a time.
CommitReport report_of(const CommitMeasures& measures);
SlowestRank slowest_of(const Work& work, std::uint64_t ranks);

}  // namespace tessera::pipeline
