#include "writer/mesh_numbering.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "base/attempt.hpp"
#include "base/text.hpp"
#include "comm/agree.hpp"
#include "comm/exchange.hpp"
#include "comm/gather.hpp"
#include "pipeline/planning_messages.hpp"

namespace tessera::detail {

namespace {

constexpr std::int64_t no_rank = -1;

/// What all ranks know of the ids.
struct Extent {
  std::int64_t ids = 0;    ///< the largest and one
  bool is_by_ids = false;  ///< some rank gives ids
  double size = 0;         ///< the largest coordinate
};

Extent extent_of(const comm::Communicator& comm, const Numbered& numbered) {
  std::vector<std::int64_t> largest;
  std::optional<Error> failure;
  attempt(failure, [&] {
    largest.assign(3, 0);
    for (std::size_t i = 0; i < numbered.ids.size(); ++i) largest[0] = std::max(largest[0], numbered.ids[i] + 1);
    largest[1] = numbered.ids.empty() ? 0 : 1;
    double size = 0;
    for (const double value : numbered.coordinates) size = std::max(size, std::abs(value));
    largest[2] = std::bit_cast<std::int64_t>(size);  // of positive numbers the bits ascend too
  });
  largest = comm::max_over_ranks(comm, std::move(largest), std::move(failure));
  return {largest[0], largest[1] != 0, std::bit_cast<double>(largest[2])};
}

std::vector<std::int64_t> begins_of(const comm::Communicator& comm, std::int64_t own) {
  std::vector<std::int64_t> counts;
  std::optional<Error> failure;
  attempt(failure, [&] { counts.assign(1, own); });
  counts = comm::all_gather_equal(comm, std::move(counts), 1, std::move(failure));
  return pipeline::made_by_all(comm, [&] {
    std::vector<std::int64_t> begins(1, 0);
    for (const std::int64_t count : counts) begins.push_back(begins.back() + count);
    return begins;
  });
}

/// The ids are shared out evenly among home ranks, each of which finds out who has its ids.
class Home {
 public:
  Home(const comm::Communicator& comm, const Numbered& numbered, const Extent& extent)
      : comm_(comm), numbered_(numbered), extent_(extent),
        dimensions_(numbered.own > 0 ? numbered.coordinates.size() / static_cast<std::size_t>(numbered.own) : 0),
        share_(std::max<std::int64_t>(1, (extent.ids + comm.size() - 1) / comm.size())) {}

  /// Each id, with its coordinates.
  comm::Lists questions() const {
    comm::Lists lists(comm_.ranks());
    for (std::size_t i = 0; i < numbered_.ids.size(); ++i) {
      auto& list = lists[home_of(numbered_.ids[i])];
      list.push_back(numbered_.ids[i]);
      for (std::size_t k = 0; k < dimensions_; ++k)
        list.push_back(std::bit_cast<std::int64_t>(numbered_.coordinates[i * dimensions_ + k]));
    }
    return lists;
  }

  /// For each id whether the rank that asks is to store it: the lowest one that has it.
  comm::Lists answers(const comm::Lists& asked, std::size_t dimensions) const {
    const std::int64_t first = share_ * comm_.rank();
    const std::int64_t own = std::clamp<std::int64_t>(extent_.ids - first, 0, share_);
    struct Place {
      std::int64_t rank = no_rank;
      const std::int64_t* coordinates = nullptr;
      std::int64_t last = no_rank;  ///< the rank that gave it last
    };
    std::vector<Place> places(static_cast<std::size_t>(own));
    comm::Lists answers(comm_.ranks());
    for (std::size_t rank = 0; rank < asked.size(); ++rank) {
      const auto number = static_cast<std::int64_t>(rank);
      for (std::size_t at = 0; at < asked[rank].size(); at += 1 + dimensions) {
        Place& place = places[static_cast<std::size_t>(asked[rank][at] - first)];
        const std::int64_t* coordinates = asked[rank].data() + at + 1;
        if (place.last == number) refuse_twice(asked[rank][at], {number});
        if (place.rank == no_rank) {
          place = {number, coordinates, number};
        } else {
          if (!numbered_.may_be_shared) refuse_twice(asked[rank][at], {place.rank, number});
          check_same(asked[rank][at], place.coordinates, coordinates, dimensions, {place.rank, number});
          place.last = number;
        }
        answers[rank].push_back(place.rank == number ? 1 : 0);
      }
    }
    const auto missing = std::ranges::find(places, no_rank, &Place::rank);
    if (missing == places.end()) return answers;
    throw Error(ErrorCode::not_covered, numbered_.mesh + ": no rank has the " + numbered_.what + " with the id " +
                                            std::to_string(first + (missing - places.begin())) + ", and ids go up to " +
                                            std::to_string(extent_.ids - 1) + "; number them from 0 without gaps");
  }

  std::size_t home_of(std::int64_t id) const { return static_cast<std::size_t>(id / share_); }

 private:
  [[noreturn]] void refuse_twice(std::int64_t id, std::vector<std::int64_t> ranks) const {
    const bool is_one = ranks.size() == 1;
    throw Error(ErrorCode::overlap,
                numbered_.mesh + ": the " + numbered_.what + " with the id " + std::to_string(id) + " was given " +
                    (is_one ? "twice by rank " + std::to_string(ranks[0])
                            : "by ranks " + std::to_string(ranks[0]) + " and " + std::to_string(ranks[1])) +
                    "; give each " + numbered_.what + " once" + (numbered_.may_be_shared ? " on a rank" : ""));
  }

  void check_same(std::int64_t id, const std::int64_t* one, const std::int64_t* other, std::size_t dimensions,
                  std::pair<std::int64_t, std::int64_t> ranks) const {
    constexpr double rounding = 1e-6;
    for (std::size_t k = 0; k < dimensions; ++k) {
      const auto a = std::bit_cast<double>(one[k]);
      const auto b = std::bit_cast<double>(other[k]);
      if (std::abs(a - b) <= rounding * extent_.size) continue;
      throw Error(ErrorCode::ranks_disagree,
                  numbered_.mesh + ": the node with the id " + std::to_string(id) + " has the coordinate " + exact(a) +
                      " on rank " + std::to_string(ranks.first) + " and " + exact(b) + " on rank " +
                      std::to_string(ranks.second) + "; ranks that share a node give the same place");
    }
  }

  const comm::Communicator& comm_;
  const Numbered& numbered_;
  const Extent& extent_;
  std::size_t dimensions_;  ///< coordinates of each of this rank's nodes
  std::int64_t share_;
};

/// Whether each of this rank's own ones is to be stored for it.
std::vector<bool> stored_here(const comm::Communicator& comm, const Numbered& numbered, const Extent& extent,
                              std::size_t dimensions) {
  const Home home(comm, numbered, extent);
  comm::Lists lists;
  std::optional<Error> failure;
  attempt(failure, [&] { lists = home.questions(); });
  const comm::Lists asked = comm::all_to_all(comm, std::move(lists), std::move(failure));
  comm::Lists answers;
  failure = std::nullopt;
  attempt(failure, [&] { answers = home.answers(asked, dimensions); });
  answers = comm::all_to_all(comm, std::move(answers), std::move(failure));
  std::vector<bool> result;
  failure = std::nullopt;
  attempt(failure, [&] {
    std::vector<std::size_t> next(comm.ranks(), 0);
    for (std::size_t i = 0; i < numbered.ids.size(); ++i) {
      const std::size_t rank = home.home_of(numbered.ids[i]);
      result.push_back(answers[rank][next[rank]++] != 0);
    }
  });
  comm::conclude(comm, "numbering", failure);
  return result;
}

/// A rank that has some gives ids where others do, and there are not more ids than all ranks have.
void check_given(const comm::Communicator& comm, const Numbered& numbered, const Extent& extent) {
  const std::int64_t all = begins_of(comm, numbered.own).back();
  std::optional<Error> failure;
  attempt(failure, [&] {
    const std::string ids = std::string(numbered.what) + "_ids";
    if (numbered.own > 0 && numbered.ids.empty()) {
      throw Error(ErrorCode::ranks_disagree, numbered.mesh + ": this rank has no " + ids +
                                                 ", and others have; give them on every rank that has " +
                                                 numbered.what + "s, or on none");
    }
    if (extent.ids > all) {
      throw Error(ErrorCode::not_covered, numbered.mesh + ": " + ids + " go up to " + std::to_string(extent.ids - 1) +
                                              ", and all ranks together have " + std::to_string(all) + " " +
                                              numbered.what + "s; number them from 0 without gaps");
    }
  });
  comm::conclude(comm, "ids", failure);
}

Numbering by_ids(const comm::Communicator& comm, const Numbered& numbered, const Extent& extent,
                 std::size_t dimensions) {
  check_given(comm, numbered, extent);
  const std::vector<bool> stored = stored_here(comm, numbered, extent, dimensions);
  Numbering numbering;
  numbering.begins = begins_of(comm, std::ranges::count(stored, true));
  std::vector<std::int64_t> travelling;
  bool is_in_order = true;
  std::optional<Error> failure;
  attempt(failure, [&] {
    for (std::size_t i = 0; i < stored.size(); ++i) {
      const std::int64_t id = numbered.ids[i];
      numbering.positions.push_back(id);
      travelling.push_back(stored[i] ? id : -1);
      is_in_order = is_in_order && stored[i] && id == numbering.begin(comm.rank()) + static_cast<std::int64_t>(i);
    }
  });
  const bool all_in_order = comm::conclude(comm, "numbering", failure, is_in_order ? 1 : 0).flags != 0;
  if (all_in_order) return numbering;
  comm::Redistribution made(comm, travelling, numbering.begins);
  numbering.redistribution =
      pipeline::made_by_all(comm, [&] { return std::make_shared<const comm::Redistribution>(std::move(made)); });
  return numbering;
}

}  // namespace

Numbering numbering_of(const comm::Communicator& comm, const Numbered& numbered) {
  const Extent extent = extent_of(comm, numbered);
  // As many on ranks that have no nodes.
  const std::int64_t own = numbered.own > 0 ? static_cast<std::int64_t>(numbered.coordinates.size()) / numbered.own : 0;
  const auto dimensions = static_cast<std::size_t>(comm::max_over_ranks(comm, own));
  if (extent.is_by_ids) return by_ids(comm, numbered, extent, dimensions);
  Numbering numbering;
  numbering.begins = begins_of(comm, numbered.own);
  std::optional<Error> failure;
  attempt(failure, [&] {
    for (std::int64_t i = 0; i < numbered.own; ++i) numbering.positions.push_back(numbering.begin(comm.rank()) + i);
  });
  comm::conclude(comm, "numbering", failure);
  return numbering;
}

}  // namespace tessera::detail
