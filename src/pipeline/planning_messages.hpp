#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/attempt.hpp"
#include "comm/agree.hpp"
#include "comm/communicator.hpp"
#include "comm/exchange.hpp"
#include "comm/gather.hpp"
#include "pipeline/bundle.hpp"

/// \file
/// The messages of planning, each for all fields at once: a rank that cannot make its own is heard of first, so that
/// nobody waits for it.

namespace tessera::pipeline {

/// How many fields are planned together: what a rank keeps of each scales with the number of ranks.
inline std::size_t items_of_portion(const comm::Communicator& comm) {
  return std::max<std::size_t>(1, (std::size_t{1} << 20) / comm.ranks());
}

/// Runs `make` on every rank; all throw when it fails on one. Collective.
template <class Make>
auto made_by_all(const comm::Communicator& comm, Make&& make) {
  std::optional<Error> failure;
  decltype(make()) made;
  attempt(failure, [&] { made = std::forward<Make>(make)(); });
  comm::conclude(comm, "planning", failure);
  return made;
}

/// Sends the lists that `make(item)` returns for each of `items`, on every rank for the same ones of them. Collective.
template <class Make>
Bundle exchange(const comm::Communicator& comm, std::size_t items, const Make& make) {
  std::optional<Error> failure;
  Bundle bundle;
  attempt(failure, [&] {
    bundle = Bundle(comm.ranks());
    for (std::size_t item = 0; item < items; ++item) {
      if (std::optional<grid::Lists> lists = make(item)) bundle.add(std::move(*lists));
    }
  });
  bundle.lists() = comm::all_to_all(comm, std::move(bundle.lists()), std::move(failure));
  return bundle;
}

/// Every rank's numbers of several items.
class GatheredItems {
 public:
  GatheredItems() = default;
  explicit GatheredItems(std::size_t ranks) : at_(ranks, 0) {}
  void set(comm::Gathered all) noexcept {
    values_ = std::move(all.values);
    std::copy_n(all.begin.begin(), at_.size(), at_.begin());
  }
  /// Where every rank has as many.
  void set(std::vector<std::int64_t> all) noexcept {
    values_ = std::move(all);
    for (std::size_t rank = 0; rank < at_.size(); ++rank) at_[rank] = rank * (values_.size() / at_.size());
  }

  /// Those of the next item, one rank's after the other's.
  std::vector<std::int64_t> take() {
    std::vector<std::int64_t> taken;
    for (std::size_t& at : at_) {
      const auto begin = values_.begin() + static_cast<std::ptrdiff_t>(at);
      taken.insert(taken.end(), begin + 1, begin + 1 + *begin);
      at += 1 + static_cast<std::size_t>(*begin);
    }
    return taken;
  }

 private:
  std::vector<std::int64_t> values_;
  std::vector<std::size_t> at_;  ///< by rank: where its next item begins
};

/// Tells everybody the numbers that `make(item)` returns for each of `items`. Collective.
/// \param together how many they are, where every rank has as many; else that is asked first
template <class Make>
GatheredItems gather(const comm::Communicator& comm, std::size_t items, const Make& make,
                     std::optional<std::size_t> together = {}) {
  std::optional<Error> failure;
  GatheredItems gathered;
  std::vector<std::int64_t> own;
  attempt(failure, [&] {
    gathered = GatheredItems(comm.ranks());
    for (std::size_t item = 0; item < items; ++item) {
      const std::vector<std::int64_t> values = make(item);
      own.push_back(static_cast<std::int64_t>(values.size()));
      own.insert(own.end(), values.begin(), values.end());
    }
  });
  if (together) {
    gathered.set(comm::all_gather_equal(comm, std::move(own), items + *together, std::move(failure)));
  } else {
    gathered.set(comm::all_gather(comm, std::move(own), std::move(failure)));
  }
  return gathered;
}

/// The same where every rank has `count` numbers of each: all ranks' together, rank by rank, item by item.
template <class Make>
std::vector<std::int64_t> gather_equal(const comm::Communicator& comm, std::size_t items, std::size_t count,
                                       const Make& make) {
  std::optional<Error> failure;
  std::vector<std::int64_t> own;
  attempt(failure, [&] {
    own.reserve(items * count);
    for (std::size_t item = 0; item < items; ++item) {
      const auto values = make(item);
      own.insert(own.end(), values.begin(), values.end());
    }
  });
  return comm::all_gather_equal(comm, std::move(own), items * count, std::move(failure));
}

}  // namespace tessera::pipeline
