#include "pipeline/chunk_plan.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "pipeline/planning_messages.hpp"

namespace tessera::pipeline {

namespace {

void encode(std::vector<std::int64_t>& out, const grid::Piece& piece) {
  out.push_back(static_cast<std::int64_t>(piece.chunk));
  out.insert(out.end(), piece.part.lower.begin(), piece.part.lower.end());
  out.insert(out.end(), piece.part.upper.begin(), piece.part.upper.end());
}

struct Request {
  std::uint64_t chunk = 0;
  Box part;
};

std::vector<Request> decode(const std::vector<std::int64_t>& in, std::size_t axes) {
  std::vector<Request> requests;
  for (std::size_t at = 0; at < in.size();) {
    Request request;
    request.chunk = static_cast<std::uint64_t>(in[at++]);
    for (std::size_t axis = 0; axis < axes; ++axis) request.part.lower.push_back(in[at++]);
    for (std::size_t axis = 0; axis < axes; ++axis) request.part.upper.push_back(in[at++]);
    requests.push_back(request);
  }
  return requests;
}

/// Collects the chunks of this rank, from its own pieces and from what others will send, and gives each its round.
class Assembly {
 public:
  Assembly(const grid::ChunkGrid& grid, std::int64_t chunks_per_round) : grid_(grid), per_round_(chunks_per_round) {}

  void add_local(const grid::Piece& piece) { chunks_[piece.chunk].local.push_back({piece.number, piece.part}); }
  void add_remote(const Request& request) { chunks_[request.chunk].remote.push_back({0, 0, request.part}); }

  void set_rounds() {
    std::int64_t position = 0;
    for (auto& [number, chunk] : chunks_) {
      chunk.number = number;
      chunk.round = static_cast<int>(position++ / per_round_);
    }
  }
  int round_of(std::uint64_t chunk) const { return chunks_.at(chunk).round; }

  /// Says where a remote piece is found: pieces are named in the order in which add_remote got them.
  void locate(std::uint64_t chunk, std::size_t message, std::int64_t offset) {
    auto& remote = chunks_.at(chunk).remote;
    auto& piece = remote[located_[chunk]++];
    piece.message = message;
    piece.offset = offset;
  }

  std::vector<OwnChunk> finish() {
    std::vector<OwnChunk> result;
    for (auto& [number, chunk] : chunks_) {
      std::int64_t cells = 0;
      for (const LocalPiece& piece : chunk.local) cells += piece.part.volume();
      for (const RemotePiece& piece : chunk.remote) cells += piece.part.volume();
      chunk.whole = cells == grid_.chunk_volume();
      result.push_back(std::move(chunk));
    }
    std::stable_sort(result.begin(), result.end(), [](const OwnChunk& a, const OwnChunk& b) {
      return std::pair(a.round, !a.remote.empty()) < std::pair(b.round, !b.remote.empty());
    });
    return result;
  }

 private:
  const grid::ChunkGrid& grid_;
  std::int64_t per_round_;
  std::map<std::uint64_t, OwnChunk> chunks_;
  std::map<std::uint64_t, std::size_t> located_;
};

/// Takes the pieces that others will send. \returns to each of them the rounds of its pieces, in its order
grid::Lists answer(const std::vector<std::vector<Request>>& requests, Assembly& assembly) {
  for (const auto& list : requests) {
    for (const Request& request : list) assembly.add_remote(request);
  }
  assembly.set_rounds();
  grid::Lists rounds(requests.size());
  for (std::size_t from = 0; from < requests.size(); ++from) {
    for (const Request& request : requests[from]) rounds[from].push_back(assembly.round_of(request.chunk));
  }
  return rounds;
}

/// The messages that arrive, in (round, sender) order, and where in them each piece lies.
std::vector<Incoming> arrange_incoming(const std::vector<std::vector<Request>>& requests, Assembly& assembly) {
  std::map<std::pair<int, int>, Incoming> messages;
  for (std::size_t from = 0; from < requests.size(); ++from) {
    for (const Request& request : requests[from]) {
      const int round = assembly.round_of(request.chunk);
      auto& message = messages[{round, static_cast<int>(from)}];
      message.from = static_cast<int>(from);
      message.round = round;
    }
  }
  std::map<std::pair<int, int>, std::size_t> positions;
  std::vector<Incoming> result;
  for (const auto& [key, message] : messages) {
    positions[key] = result.size();
    result.push_back(message);
  }
  for (std::size_t from = 0; from < requests.size(); ++from) {
    for (const Request& request : requests[from]) {
      const std::size_t position = positions.at({assembly.round_of(request.chunk), static_cast<int>(from)});
      assembly.locate(request.chunk, position, result[position].cells);
      result[position].cells += request.part.volume();
    }
  }
  return result;
}

/// The messages to send, in (round, receiver) order; `rounds` holds what the receivers answered, piece by piece.
std::vector<Outgoing> arrange_outgoing(int rank, const std::vector<grid::Piece>& pieces, const grid::Lists& rounds) {
  std::map<std::pair<int, int>, Outgoing> messages;
  std::vector<std::size_t> answered(rounds.size(), 0);
  for (const grid::Piece& piece : pieces) {
    if (piece.owner == rank) continue;
    const auto owner = static_cast<std::size_t>(piece.owner);
    const int round = static_cast<int>(rounds[owner][answered[owner]++]);
    auto& message = messages[{round, piece.owner}];
    message.to = piece.owner;
    message.round = round;
    message.cells += piece.part.volume();
    message.pieces.push_back({piece.number, piece.part});
  }
  std::vector<Outgoing> result;
  result.reserve(messages.size());
  for (auto& entry : messages) result.push_back(std::move(entry.second));
  return result;
}

/// A field on its way to its plan.
struct Work {
  explicit Work(ChunkPlanRequest the_request)
      : request(std::move(the_request)), assembly(request.division->grid, request.chunks_per_round) {}

  /// Takes what is this rank's own; to each owner of the rest the pieces that it is to get.
  grid::Lists ask(const comm::Communicator& comm) {
    grid::Lists lists(comm.ranks());
    for (const grid::Piece& piece : request.division->pieces) {
      if (piece.owner == comm.rank()) assembly.add_local(piece);
      else encode(lists[static_cast<std::size_t>(piece.owner)], piece);
    }
    return lists;
  }
  grid::Lists answer(const grid::Lists& asked) {
    for (const auto& list : asked) requests.push_back(decode(list, request.division->grid.shape.size()));
    return pipeline::answer(requests, assembly);
  }
  std::shared_ptr<ChunkPlan> finish(int rank, const grid::Lists& rounds) {
    auto plan = std::make_shared<ChunkPlan>();
    plan->grid = request.division->grid;
    plan->all_chunks = request.division->chunks;
    plan->incoming = arrange_incoming(requests, assembly);
    plan->outgoing = arrange_outgoing(rank, request.division->pieces, rounds);
    plan->chunks = assembly.finish();
    return plan;
  }

  ChunkPlanRequest request;
  Assembly assembly;
  std::vector<std::vector<Request>> requests;
};

template <class RequestOf>
void plan_batch(const comm::Communicator& comm, std::size_t items, const RequestOf& request_of,
                std::vector<std::shared_ptr<ChunkPlan>>& plans) {
  std::vector<Work> work;
  Bundle asked = exchange(comm, items, [&](std::size_t item) { return work.emplace_back(request_of(item)).ask(comm); });
  Bundle rounds = exchange(comm, items, [&](std::size_t item) { return work[item].answer(asked.take(item)); });
  const std::size_t first = plans.size();
  std::vector<std::int64_t> most;
  std::optional<Error> failure;
  attempt(failure, [&] {
    for (std::size_t item = 0; item < items; ++item) {
      const ChunkPlan& plan = *plans.emplace_back(work[item].finish(comm.rank(), rounds.take(item)));
      const std::int64_t own_rounds = plan.chunks.empty() ? 0 : plan.chunks.back().round + 1;
      const auto own_chunks = static_cast<std::int64_t>(plan.chunks.size());
      most.insert(most.end(), {own_rounds, std::min(work[item].request.chunks_per_round, own_chunks)});
    }
  });
  most = comm::max_over_ranks(comm, std::move(most), std::move(failure));
  for (std::size_t item = 0; item < items; ++item) {
    plans[first + item]->rounds = static_cast<int>(most[2 * item]);
    plans[first + item]->max_chunks = most[2 * item + 1];
  }
}

}  // namespace

std::vector<std::shared_ptr<ChunkPlan>> plan_chunks(const comm::Communicator& comm, std::size_t items,
                                                    FunctionRef<ChunkPlanRequest(std::size_t)> request_of) {
  std::vector<std::shared_ptr<ChunkPlan>> plans;
  const std::size_t most = items_of_portion(comm);
  for (std::size_t begin = 0; begin < items; begin += most) {
    const auto request = [&](std::size_t number) {
      plans.reserve(items);
      return request_of(begin + number);
    };
    plan_batch(comm, std::min(most, items - begin), request, plans);
  }
  return plans;
}

std::size_t memory_of(const ChunkPlan& plan) {
  std::size_t bytes = sizeof plan + plan.chunks.capacity() * sizeof(OwnChunk) +
                      plan.outgoing.capacity() * sizeof(Outgoing) + plan.incoming.capacity() * sizeof(Incoming);
  for (const OwnChunk& chunk : plan.chunks) {
    bytes += chunk.local.capacity() * sizeof(LocalPiece) + chunk.remote.capacity() * sizeof(RemotePiece);
  }
  for (const Outgoing& message : plan.outgoing) bytes += message.pieces.capacity() * sizeof(LocalPiece);
  return bytes;
}

}  // namespace tessera::pipeline
