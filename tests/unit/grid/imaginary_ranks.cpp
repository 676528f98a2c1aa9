#include "imaginary_ranks.hpp"

#include <algorithm>
#include <map>
#include <set>

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

Divided divide(const ChunkGrid& grid, const std::vector<std::vector<Box>>& boxes, std::uint64_t turn) {
  const int ranks = static_cast<int>(boxes.size());
  Divided result;
  std::vector<Lists> sent;
  for (int rank = 0; rank < ranks; ++rank) {
    result.pieces.push_back(cut_at_chunks(grid, boxes[static_cast<std::size_t>(rank)], rank));
    sent.push_back(registrations(grid, result.pieces.back(), ranks));
  }
  std::vector<Lists> answers;
  for (const Lists& registered : delivered(sent)) {
    Entries entries = keep_entries(grid, registered, turn);
    result.shared_chunks += entries.shared_chunks;
    result.overlap = result.overlap || entries.overlap;
    answers.push_back(std::move(entries.answers));
  }
  answers = delivered(answers);
  std::vector<std::vector<Holding>> shared;
  for (std::size_t rank = 0; rank < boxes.size(); ++rank) {
    shared.push_back(hear_answers(static_cast<int>(rank), answers[rank], result.pieces[rank]));
  }
  result.owned_at_first = chunks_by_owner(result.pieces);
  const std::vector<Transfer> transfers = balance(result.owned_at_first);
  std::vector<Lists> notices;
  for (std::size_t rank = 0; rank < boxes.size(); ++rank) {
    std::vector<Transfer> mine = transfers;
    std::erase_if(mine, [&](const Transfer& transfer) { return transfer.from != static_cast<int>(rank); });
    const auto gifts =
        choose_gifts(mine, all_holdings(static_cast<int>(rank), result.pieces[rank], shared[rank]));
    notices.push_back(give(gifts, shared[rank], ranks, result.pieces[rank]));
  }
  notices = delivered(notices);
  for (std::size_t rank = 0; rank < boxes.size(); ++rank) {
    take_notice(notices[rank], result.pieces[rank]);
    for (const Piece& piece : result.pieces[rank]) {
      if (piece.owner != static_cast<int>(rank)) result.cells_sent += piece.part.volume();
    }
  }
  result.owned = chunks_by_owner(result.pieces);
  return result;
}

}  // namespace tessera::grid
