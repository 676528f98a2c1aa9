#pragma once

#include <tessera/requirements.hpp>

#include <cstdint>
#include <string>
#include <vector>

/// \file
/// What commits wrote and where their time went: Writer::report(), docs/report.md.

namespace tessera {

/// Where the time of commits went, in seconds.
struct StageSeconds {
  double agree = 0;     ///< waiting until all ranks have come to the commit
  double plan = 0;      ///< working out which rank assembles which chunk, and what is new in the file
  double exchange = 0;  ///< packing and sending what other ranks assemble, waiting for what arrives
  double encode = 0;    ///< assembling and encoding chunks
  double place = 0;     ///< waiting to learn where in the file this rank's bytes go
  double write = 0;     ///< handing bytes to the file system; with Engine::collective all of H5Dwrite
  double sync = 0;      ///< waiting for stable storage (Durability::power_safe)
  double publish = 0;   ///< on rank 0: bringing the metadata into the file, and waiting for readers
};

/// Write requests, as the file system sees them, without metadata. Not known with Engine::collective: all 0.
struct WriteRequests {
  /// Requests that begin at a multiple of this count as aligned. Bytes.
  static constexpr std::uint64_t alignment = 4096;
  /// Requests below this count as small. Bytes.
  static constexpr std::uint64_t small_bytes = std::uint64_t{1} << 20;

  std::uint64_t count = 0;     ///< of requests
  std::uint64_t small = 0;     ///< how many of them are small
  std::uint64_t aligned = 0;   ///< how many of them are aligned
  std::uint64_t smallest = 0;  ///< bytes
  std::uint64_t largest = 0;   ///< bytes
  std::uint64_t mean = 0;      ///< bytes
  /// The same of the rank where that is least; of several commits, in the one where it is. Bytes.
  std::uint64_t smallest_mean = 0;
};

/// The rank with the most work: time in encode, write and sync, where it does not wait for other ranks.
struct SlowestRank {
  int rank = 0;           ///< its number
  std::string host = {};  ///< without domain, its last 24 characters
  double seconds = 0;     ///< of work
  double imbalance = 1;   ///< these seconds divided by the mean of all ranks; 1 where no rank worked
};

/// A commit, or several together.
struct CommitReport {
  std::int64_t number = 0;         ///< of the writer's commits, from 1; for several, their count
  std::string run = {};            ///< its name; empty for several
  std::int64_t step = -1;          ///< its number in the run; -1: static fields, or several
  double seconds = 0;              ///< from the call on rank 0 to the end
  std::uint64_t raw_bytes = 0;     ///< of chunks before encoding
  std::uint64_t stored_bytes = 0;  ///< of the same chunks in the file; with Engine::collective what the file grew by
  WriteRequests requests = {};     ///< of all ranks
  int ranks_that_wrote = 0;        ///< for several, the most in one of them
  StageSeconds mean = {};          ///< of all ranks; publish is rank 0's
  StageSeconds longest = {};       ///< over all ranks, stage by stage; for several, the sum
  SlowestRank slowest = {};        ///< for several, by the work in all of them
};

/// What a writer's commits did. Commits that failed are not among them, nor is what close() adds.
struct Report {
  std::string path = {};                            ///< as the Writer got it
  std::string engine = {};                          ///< "direct", "collective"
  int ranks = 0;                                    ///< of the writer's communicator
  CommitReport total = {};                          ///< all commits
  CommitReport longest = {};                        ///< the one that took longest
  std::vector<CommitReport> commits = {};           ///< one by one: the last max_commits
  static constexpr std::size_t max_commits = 1000;  ///< that are kept one by one
};

}  // namespace tessera
