#include "grid/chunk_division.hpp"

#include <utility>

#include "base/saturate.hpp"
#include "grid/balance.hpp"

namespace tessera::grid {

ChunkDivision::ChunkDivision(Division& division, std::span<const Box> own, int rank, int ranks, std::uint64_t rotation)
    : division_(&division), rank_(rank), ranks_(ranks), rotation_(rotation) {
  division_->pieces = cut_at_chunks(division_->grid, own, rank);
  for (const Box& box : own) division_->own_cells = saturating_sum(division_->own_cells, box.volume());
}

Lists ChunkDivision::registrations() const { return grid::registrations(division_->grid, division_->pieces, ranks_); }

Lists ChunkDivision::answers(const Lists& registered) {
  Entries entries = resolve_entries(division_->grid, registered, rotation_);
  shared_here_ = entries.shared_chunks;
  overlap_here_ = entries.overlap;
  return std::move(entries.answers);
}

ChunkDivision::Counts ChunkDivision::counts(const Lists& answers) {
  shared_ = apply_answers(rank_, answers, division_->pieces);
  owned_by_rank_.reserve(static_cast<std::size_t>(ranks_));  // take_counts needs no memory
  return {count_owned(), division_->own_cells, shared_here_, overlap_here_ ? 1 : 0};
}

void ChunkDivision::take_counts(std::span<const std::int64_t> counts) noexcept {
  owned_by_rank_.push_back(counts[0]);
  division_->chunks = saturating_sum(division_->chunks, counts[0]);
  division_->cells = saturating_sum(division_->cells, counts[1]);
  division_->shared_chunks += counts[2];
  division_->overlap = division_->overlap || counts[3] != 0;
}

bool ChunkDivision::is_balanced() const { return grid::is_balanced(owned_by_rank_); }

Lists ChunkDivision::notices() {
  std::vector<Transfer> mine = balance(owned_by_rank_);
  std::erase_if(mine, [&](const Transfer& transfer) { return transfer.from != rank_; });
  std::vector<Migration> migrations;
  if (!mine.empty()) migrations = choose_migrations(mine, all_holdings(rank_, division_->pieces, shared_));
  return migrate(migrations, shared_, ranks_, division_->pieces);
}

void ChunkDivision::take_notices(const Lists& notices) { apply_notices(notices, division_->pieces); }

std::int64_t ChunkDivision::count_owned() const noexcept {
  const std::vector<Piece>& pieces = division_->pieces;
  std::int64_t count = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const bool is_first = i == 0 || pieces[i].chunk != pieces[i - 1].chunk;
    count += is_first && pieces[i].owner == rank_ ? 1 : 0;
  }
  return count;
}

}  // namespace tessera::grid
