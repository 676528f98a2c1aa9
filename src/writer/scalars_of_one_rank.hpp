#pragma once

#include <cstdint>
#include <limits>

#include "comm/combine.hpp"
#include "writer/step_values.hpp"

namespace tessera::detail {

/// What the ranks gave for a scalar that one of them has. Without padding, as it is sent.
struct Given {
  std::int64_t ranks = 0;
  std::int64_t nans = 0;  ///< ranks that gave NaN
  std::int64_t lowest = std::numeric_limits<std::int64_t>::max();
  double value = 0;                                           ///< the lowest rank's
  double smallest = std::numeric_limits<double>::infinity();  ///< without NaN
  double largest = -std::numeric_limits<double>::infinity();
};

void merge(Given& into, const Given& other) noexcept;

using GivenByRanks = comm::Combination<Given, merge>;

/// Memory for the scalars of one rank, so that take_from_owners() needs none. Local.
void reserve(GivenByRanks& given, const StepValues& values);

/// Gives every rank the scalars of one rank. Collective where there are such; all ranks have the same ones
/// (StepValues::text).
/// \throws Error invalid_argument, ranks_disagree, the same on every rank
void take_from_owners(const comm::Communicator& comm, GivenByRanks& given, StepValues& values);

}  // namespace tessera::detail
