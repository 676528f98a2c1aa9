#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <tessera/error.hpp>

#include "comm/communicator.hpp"

namespace tessera::comm {

/// Where each rank's numbers begin when all follow each other, for MPI_Allgatherv, which counts in int.
/// \throws Error invalid_argument, naming the rank with most of them, when they are more than that; ranks that know the
///         same counts throw alike
std::vector<int> displacements(const std::vector<std::uint64_t>& counts);

/// Every rank's values, in rank order.
struct Gathered {
  std::vector<std::int64_t> values;
  std::vector<std::size_t> begin;  ///< rank r's values are [begin[r], begin[r + 1])
};

/// Collective. Takes part also where `failure` is set, with nothing; what failed on any rank, memory for the result
/// included, all throw.
Gathered all_gather(const Communicator& comm, std::vector<std::int64_t> own, std::optional<Error> failure = {});

/// The same where every rank has `count` values: without asking for the lengths first.
std::vector<std::int64_t> all_gather_equal(const Communicator& comm, std::vector<std::int64_t> own, std::size_t count,
                                           std::optional<Error> failure = {});

}  // namespace tessera::comm
