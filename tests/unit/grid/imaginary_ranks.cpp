#include "imaginary_ranks.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace tessera::grid {

namespace {

std::vector<std::int64_t> chunks_by_owner(const std::vector<std::vector<Piece>>& pieces) {
  std::map<std::uint64_t, int> owners;
  for (const auto& list : pieces) {
    for (const Piece& piece : list) owners[piece.chunk] = piece.owner;
  }
  std::vector<std::int64_t> chunks(pieces.size(), 0);
  for (const auto& [chunk, owner] : owners) ++chunks[static_cast<std::size_t>(owner)];
  return chunks;
}

}  // namespace

std::vector<Lists> delivered(const std::vector<Lists>& sent) {
  std::vector<Lists> result(sent.size(), Lists(sent.size()));
  for (std::size_t from = 0; from < sent.size(); ++from) {
    for (std::size_t to = 0; to < sent.size(); ++to) result[to][from] = sent[from][to];
  }
  return result;
}

std::vector<std::vector<Box>> boxes_by_rank(const std::vector<OwnedBox>& all, int ranks) {
  std::vector<std::vector<Box>> result(static_cast<std::size_t>(ranks));
  for (const OwnedBox& owned : all) result[static_cast<std::size_t>(owned.rank)].push_back(owned.box);
  return result;
}

Divided divide(const ChunkGrid& grid, const std::vector<std::vector<Box>>& boxes, std::uint64_t rotation) {
  const int ranks = static_cast<int>(boxes.size());
  std::vector<Division> divisions(boxes.size(), Division{grid, {}, 0, 0, 0, 0, false});
  std::vector<ChunkDivision> steps;
  for (int rank = 0; rank < ranks; ++rank) {
    const auto number = static_cast<std::size_t>(rank);
    steps.emplace_back(divisions[number], boxes[number], rank, ranks, rotation);
  }
  const auto exchanged = [&](auto&& lists_of) {
    std::vector<Lists> sent;
    for (std::size_t rank = 0; rank < steps.size(); ++rank) sent.push_back(lists_of(rank));
    return delivered(sent);
  };
  const auto registered = exchanged([&](std::size_t rank) { return steps[rank].registrations(); });
  const auto answers = exchanged([&](std::size_t rank) { return steps[rank].answers(registered[rank]); });
  for (std::size_t rank = 0; rank < steps.size(); ++rank) {
    const auto counts = steps[rank].counts(answers[rank]);
    for (ChunkDivision& step : steps) step.take_counts(counts);
  }
  Divided result;
  result.owned_at_first.assign(steps[0].owned_by_rank().begin(), steps[0].owned_by_rank().end());
  if (!steps[0].is_balanced()) {
    const auto notices = exchanged([&](std::size_t rank) { return steps[rank].notices(); });
    for (std::size_t rank = 0; rank < steps.size(); ++rank) steps[rank].take_notices(notices[rank]);
  }
  result.shared_chunks = divisions[0].shared_chunks;
  result.overlap = divisions[0].overlap;
  for (int rank = 0; rank < ranks; ++rank) {
    result.pieces.push_back(std::move(divisions[static_cast<std::size_t>(rank)].pieces));
    for (const Piece& piece : result.pieces.back()) {
      if (piece.owner != rank) result.cells_sent += piece.part.volume();
    }
  }
  result.owned = chunks_by_owner(result.pieces);
  return result;
}

}  // namespace tessera::grid
