#include "reader/read_plan.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/attempt.hpp"
#include "base/extents.hpp"
#include "comm/exchange.hpp"

namespace tessera::detail {

namespace {

using comm::Lists;
using Numbers = std::vector<std::int64_t>;

void append(Numbers& list, std::initializer_list<std::int64_t> values) { list.insert(list.end(), values); }

std::int64_t signed_of(std::uint64_t value) { return static_cast<std::int64_t>(value); }

ChunkKey key_at(const std::int64_t* numbers) {
  return {static_cast<std::size_t>(numbers[0]), static_cast<std::uint64_t>(numbers[1])};
}

/// What an owner is told of each of its chunks.
constexpr std::size_t numbers_per_place = 5;

/// Rank 0 finds where chunks lie; to their owners, ascending by chunk, behind the number of chunks.
Lists places_of(const std::vector<ChunkOwner>& owners, const FindChunk& find, std::size_t ranks);
/// The place of the chunk that such a list has at `at`.
std::optional<hdf5::PlacedChunk> place_at(const Numbers& places, std::size_t at);

void append(Numbers& list, const ChunkKey& key) { append(list, {signed_of(key.source), signed_of(key.number)}); }

/// The end of the pieces of one chunk.
template <class Iterator>
Iterator end_of_chunk(Iterator begin, Iterator end) {
  return std::find_if(begin, end, [&](const WantedPiece& other) { return other.chunk != begin->chunk; });
}

/// Makes the plan of one rank; each step takes what arrived in the exchange before.
class Planning {
 public:
  Planning(const comm::Communicator& comm, const ReadSources& sources, std::vector<WantedPiece> wanted)
      : comm_(comm), sources_(sources), wanted_(std::move(wanted)), asked_(comm.ranks()) {}

  /// To home ranks: chunks, and how many cells of each are wanted.
  Lists questions() {
    Lists out(comm_.ranks());
    for (auto piece = wanted_.begin(); piece != wanted_.end();) {
      const auto end = end_of_chunk(piece, wanted_.end());
      std::int64_t cells = 0;
      for (auto one = piece; one != end; ++one) cells += one->part.volume();
      const std::size_t home = home_of(piece->chunk);
      asked_[home].push_back(piece->chunk);
      append(out[home], piece->chunk);
      out[home].push_back(cells);
      piece = end;
    }
    return out;
  }

  /// From home ranks: owners of chunks, in the order in which they were asked for; then to rank 0 all chunks.
  Lists answers(const Lists& questions) const {
    std::vector<Question> all;
    Lists out(comm_.ranks());
    for (std::size_t rank = 0; rank < questions.size(); ++rank) {
      const Numbers& list = questions[rank];
      for (std::size_t at = 0; at < list.size(); at += 3) {
        all.push_back({key_at(&list[at]), rank, out[rank].size(), list[at + 2]});
        out[rank].push_back(0);
      }
    }
    std::ranges::stable_sort(all, {}, &Question::chunk);
    for (auto begin = all.begin(); begin != all.end();) {
      const auto end = std::find_if(begin, all.end(), [&](const Question& one) { return one.chunk != begin->chunk; });
      const std::int64_t owner = signed_of(owner_of({begin, end}));
      for (auto one = begin; one != end; ++one) out[one->rank][one->position] = owner;
      append(out[0], begin->chunk);
      out[0].push_back(owner);
      begin = end;
    }
    return out;
  }

  /// To owners: from rank 0 first where their chunks lie, from all what they want of them.
  Lists requests(const Lists& answers, const FindChunk& find) {
    Lists out(comm_.ranks());
    if (comm_.rank() == 0) {
      plan_.owners = owners_of(answers);
      out = places_of(plan_.owners, find, comm_.ranks());
    }
    std::vector<std::size_t> next(comm_.ranks());
    const auto self = comm_.rank();
    for (auto piece = wanted_.begin(); piece != wanted_.end();) {
      const auto end = end_of_chunk(piece, wanted_.end());
      const std::size_t home = home_of(piece->chunk);
      const auto owner = static_cast<int>(answers[home][next[home]++]);
      for (; piece != end; ++piece) {
        if (owner == self) {
          own_.push_back(*piece);
          continue;
        }
        Numbers& list = out[static_cast<std::size_t>(owner)];
        append(list, piece->chunk);
        list.insert(list.end(), piece->part.lower.begin(), piece->part.lower.end());
        list.insert(list.end(), piece->part.upper.begin(), piece->part.upper.end());
        plan_.arriving.push_back({owner, *piece});
      }
    }
    return out;
  }

  ReadPlan plan(const Lists& requests) {
    const Numbers& places = requests[0];
    const auto count = static_cast<std::size_t>(places.at(0));
    for (std::size_t i = 0, at = 1; i < count; ++i, at += numbers_per_place) {
      plan_.chunks.push_back({key_at(&places[at]), place_at(places, at), {}});
    }
    for (std::size_t rank = 0; rank < requests.size(); ++rank) {
      const int to = static_cast<int>(rank);
      if (to == comm_.rank()) {
        for (WantedPiece& piece : own_) chunk_of(piece.chunk).pieces.push_back({to, piece.box, piece.part});
      }
      take_requests(to, std::span(requests[rank]).subspan(rank == 0 ? 1 + numbers_per_place * count : 0));
    }
    return std::move(plan_);
  }

 private:
  struct Question {
    ChunkKey chunk;
    std::size_t rank;
    std::size_t position;
    std::int64_t cells;
  };

  /// Segments have few chunks each: not all of these are the first rank's.
  std::size_t home_of(const ChunkKey& key) const {
    const schema::Field& field = sources_.stored(key.source).field;
    const auto chunks = static_cast<std::uint64_t>(count_chunks(field.shape(), field.chunk));
    const std::uint64_t home = key.number / ((chunks - 1) / comm_.ranks() + 1);
    return static_cast<std::size_t>((sources_.is_of_segment(key.source) ? home + key.source : home) % comm_.ranks());
  }

  /// Who wants most cells; chunks that several want alike are shared out.
  static std::size_t owner_of(std::span<const Question> questions) {
    const std::int64_t most = std::ranges::max_element(questions, {}, &Question::cells)->cells;
    std::vector<std::size_t> ranks;
    for (const Question& one : questions) {
      if (one.cells == most) ranks.push_back(one.rank);
    }
    const ChunkKey& chunk = questions.front().chunk;
    return ranks[(chunk.number + chunk.source) % ranks.size()];
  }

  std::vector<ChunkOwner> owners_of(const Lists& answers) const {
    std::vector<ChunkOwner> owners;
    for (std::size_t home = 0; home < answers.size(); ++home) {
      const Numbers& list = answers[home];
      for (std::size_t at = asked_[home].size(); at < list.size(); at += 3) {
        owners.push_back({static_cast<int>(list[at + 2]), key_at(&list[at])});
      }
    }
    std::ranges::sort(owners);
    return owners;
  }

  OwnChunk& chunk_of(const ChunkKey& key) {
    const auto found = std::ranges::lower_bound(plan_.chunks, key, {}, &OwnChunk::key);
    if (found == plan_.chunks.end() || found->key != key) {
      throw Error(ErrorCode::internal, "a rank is asked for a chunk that it does not own");
    }
    return *found;
  }

  void take_requests(int to, std::span<const std::int64_t> list) {
    while (!list.empty()) {
      const ChunkKey key = key_at(list.data());
      const std::size_t axes = sources_.stored(key.source).field.axes.size();
      const auto* const lower = list.data() + 2;
      const auto* const upper = lower + axes;
      chunk_of(key).pieces.push_back({to, 0, {Index(lower, upper), Index(upper, upper + axes)}});
      list = list.subspan(2 + 2 * axes);
    }
  }

  const comm::Communicator& comm_;
  const ReadSources& sources_;
  std::vector<WantedPiece> wanted_;
  std::vector<std::vector<ChunkKey>> asked_;  ///< by home
  std::vector<WantedPiece> own_;
  ReadPlan plan_;
};

Lists places_of(const std::vector<ChunkOwner>& owners, const FindChunk& find, std::size_t ranks) {
  Lists out(ranks, Numbers(1));
  for (const auto& [owner, key] : owners) {
    const auto place = find(key);
    Numbers& to = out[static_cast<std::size_t>(owner)];
    ++to[0];
    append(to, key);
    append(to, {place ? signed_of(place->address) : -1, place ? place->size : 0, place ? place->mask : 0});
  }
  return out;
}

std::optional<hdf5::PlacedChunk> place_at(const Numbers& places, std::size_t at) {
  if (places[at + 2] < 0) return {};
  return hdf5::PlacedChunk{key_at(&places[at]).number, static_cast<std::uint64_t>(places[at + 2]),
                           static_cast<std::uint32_t>(places[at + 3]), static_cast<std::uint32_t>(places[at + 4])};
}

}  // namespace

ReadPlan make_plan_alone(const std::vector<WantedPiece>& wanted, const FindChunk& find, int self) {
  ReadPlan plan;
  for (const WantedPiece& piece : wanted) {
    if (plan.chunks.empty() || plan.chunks.back().key != piece.chunk) {
      plan.chunks.push_back({piece.chunk, find(piece.chunk), {}});
    }
    plan.chunks.back().pieces.push_back({self, piece.box, piece.part});
  }
  return plan;
}

ReadPlan make_read_plan(const comm::Communicator& comm, const ReadSources& sources, std::vector<WantedPiece> wanted,
                        const FindChunk& find, std::optional<Error>& failure) {
  Planning planning(comm, sources, std::move(wanted));
  Lists lists;
  const auto exchange = [&](auto&& make) {
    attempt_unless(failure, [&] { lists = make(lists); });
    lists = comm::all_to_all(comm, std::move(lists), std::exchange(failure, std::nullopt));
  };
  exchange([&](const Lists&) { return planning.questions(); });
  exchange([&](const Lists& questions) { return planning.answers(questions); });
  exchange([&](const Lists& answers) { return planning.requests(answers, find); });
  ReadPlan plan;
  attempt(failure, [&] { plan = planning.plan(lists); });
  return plan;
}

void renew(ReadPlan& plan, const comm::Communicator& comm, const FindChunk& find, std::optional<Error>& failure) {
  Lists lists(comm.ranks());
  attempt_unless(failure, [&] {
    if (comm.rank() == 0) lists = places_of(plan.owners, find, comm.ranks());
  });
  lists = comm::all_to_all(comm, std::move(lists), std::exchange(failure, std::nullopt));
  const Numbers& places = lists[0];
  for (std::size_t i = 0, at = 1; i < plan.chunks.size(); ++i, at += numbers_per_place) {
    plan.chunks[i].place = place_at(places, at);
  }
}

}  // namespace tessera::detail
