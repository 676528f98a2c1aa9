#include "writer/scalars_of_one_rank.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>

#include <tessera/error.hpp>

#include "base/attempt.hpp"
#include "base/text.hpp"

namespace tessera::detail {

namespace {

std::size_t count_of_one_rank(const StepValues& values) noexcept {
  return static_cast<std::size_t>(
      std::ranges::count_if(values.scalars, [](const auto& entry) { return entry.second.of_one_rank; }));
}

Given given_here(int rank, double value) noexcept {
  if (std::isnan(value)) return {.ranks = 1, .nans = 1, .lowest = rank, .value = value};
  const double unsigned_zero = value == 0 ? 0 : value;
  return {.ranks = 1, .lowest = rank, .value = value, .smallest = unsigned_zero, .largest = unsigned_zero};
}

bool is_one_value(const Given& given) noexcept {
  if (given.nans != 0) return given.nans == given.ranks;
  return are_close(given.smallest, given.largest);
}

void require_one_value(const std::string& name, const Given& given) {
  constexpr const char* remedy = "; one rank gives it, the others std::nullopt";
  if (given.ranks == 0) {
    throw made_error(ErrorCode::invalid_argument, {}, [&] {
      return Error(ErrorCode::invalid_argument, "no rank gave a value for the scalar " + in_quotes(name) + remedy);
    });
  }
  if (is_one_value(given)) return;
  throw made_error(ErrorCode::ranks_disagree, {}, [&] {
    return Error(ErrorCode::ranks_disagree, "the scalar " + in_quotes(name) + " of one rank was given by " +
                                                std::to_string(given.ranks) + " ranks, with values from " +
                                                exact(given.smallest) + " to " + exact(given.largest) +
                                                (given.nans != 0 ? " and nan" : "") + remedy);
  });
}

}  // namespace

void merge(Given& into, const Given& other) noexcept {
  into.ranks += other.ranks;
  into.nans += other.nans;
  if (other.lowest < into.lowest) {
    into.lowest = other.lowest;
    into.value = other.value;
  }
  into.smallest = std::min(into.smallest, other.smallest);
  into.largest = std::max(into.largest, other.largest);
}

void reserve(GivenByRanks& given, const StepValues& values) {
  if (const std::size_t count = count_of_one_rank(values)) given.reserve(count);
}

void take_from_owners(const comm::Communicator& comm, GivenByRanks& given, StepValues& values) {
  const std::size_t count = count_of_one_rank(values);
  if (count == 0) return;
  const std::span<Given> all = given.values(count);
  auto own = all.begin();
  for (const auto& [name, scalar] : values.scalars) {
    if (!scalar.of_one_rank) continue;
    if (scalar.value) *own = given_here(comm.rank(), *scalar.value);
    ++own;
  }
  given.combine();
  auto next = all.begin();
  for (auto& [name, scalar] : values.scalars) {
    if (!scalar.of_one_rank) continue;
    require_one_value(name, *next);
    scalar.value = next->value;
    ++next;
  }
}

}  // namespace tessera::detail
