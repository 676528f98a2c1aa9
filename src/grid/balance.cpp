#include "grid/balance.hpp"

#include <algorithm>
#include <map>
#include <numeric>

namespace tessera::grid {

namespace {

std::int64_t rounded_up_mean(std::int64_t chunks, std::int64_t ranks) { return (chunks + ranks - 1) / ranks; }

std::int64_t sum(std::span<const std::int64_t> owned) {
  return std::accumulate(owned.begin(), owned.end(), std::int64_t{0});
}

/// How many chunks each receiver still gets.
using Wanted = std::map<int, std::int64_t>;

/// The receiver that has most cells of the chunk, if any has some.
int receiver_among(const std::vector<Share>& others, const Wanted& wanted) {
  Share best{-1, 0};
  for (const Share& share : others) {
    if (share.cells > best.cells && wanted.contains(share.rank)) best = share;
  }
  return best.rank;
}

void take_one(Wanted& wanted, int to) {
  const auto found = wanted.find(to);
  if (--found->second == 0) wanted.erase(found);
}

}  // namespace

std::int64_t max_chunks_of_a_rank(std::int64_t chunks, std::int64_t ranks) {
  return std::max(rounded_up_mean(chunks, ranks), 3 * chunks / (2 * ranks));
}

bool is_balanced(std::span<const std::int64_t> owned) {
  const std::int64_t limit = max_chunks_of_a_rank(sum(owned), static_cast<std::int64_t>(owned.size()));
  return std::ranges::all_of(owned, [limit](std::int64_t chunks) { return chunks <= limit; });
}

std::vector<Transfer> balance(std::span<const std::int64_t> owned) {
  const auto ranks = static_cast<std::int64_t>(owned.size());
  const std::int64_t limit = max_chunks_of_a_rank(sum(owned), ranks);
  const std::int64_t mean = rounded_up_mean(sum(owned), ranks);
  std::vector<Transfer> transfers;
  std::size_t to = 0;
  std::int64_t capacity = 0;
  for (std::size_t from = 0; from < owned.size(); ++from) {
    if (owned[from] <= limit) continue;
    // All ranks together have the capacity for what is above the mean.
    for (std::int64_t surplus = owned[from] - mean; surplus > 0;) {
      while (capacity == 0) {
        capacity = std::max<std::int64_t>(0, mean - owned[to]);
        if (capacity == 0) ++to;
      }
      const std::int64_t count = std::min(surplus, capacity);
      transfers.push_back({static_cast<int>(from), static_cast<int>(to), count});
      surplus -= count;
      capacity -= count;
      if (capacity == 0) ++to;
    }
  }
  return transfers;
}

std::vector<Migration> choose_migrations(std::span<const Transfer> transfers, std::span<const Holding> holdings) {
  Wanted wanted;
  for (const Transfer& transfer : transfers) wanted[transfer.to] += transfer.count;
  std::vector<const Holding*> order;
  for (const Holding& holding : holdings) order.push_back(&holding);
  std::ranges::stable_sort(order, {}, &Holding::own_cells);
  std::vector<Migration> migrations;
  std::vector<const Holding*> rest;
  for (const Holding* holding : order) {
    const int to = receiver_among(holding->others, wanted);
    if (to < 0) {
      rest.push_back(holding);
      continue;
    }
    migrations.push_back({holding->chunk, to});
    take_one(wanted, to);
  }
  for (const Holding* holding : rest) {
    if (wanted.empty()) break;
    migrations.push_back({holding->chunk, wanted.begin()->first});
    take_one(wanted, wanted.begin()->first);
  }
  return migrations;
}

Lists migrate(std::span<const Migration> migrations, std::span<const Holding> shared, int ranks,
              std::vector<Piece>& pieces) {
  Lists notices(static_cast<std::size_t>(ranks));
  for (const Migration& migration : migrations) {
    for (Piece& piece : pieces_of_chunk(pieces, migration.chunk)) piece.owner = migration.to;
    const auto found = std::ranges::lower_bound(shared, migration.chunk, {}, &Holding::chunk);
    if (found == shared.end() || found->chunk != migration.chunk) continue;
    for (const Share& share : found->others) {
      auto& list = notices[static_cast<std::size_t>(share.rank)];
      list.insert(list.end(), {static_cast<std::int64_t>(migration.chunk), migration.to});
    }
  }
  return notices;
}

void apply_notices(const Lists& notices, std::vector<Piece>& pieces) {
  for (const auto& list : notices) {
    for (std::size_t at = 0; at < list.size(); at += 2) {
      const auto chunk = static_cast<std::uint64_t>(list[at]);
      for (Piece& piece : pieces_of_chunk(pieces, chunk)) piece.owner = static_cast<int>(list[at + 1]);
    }
  }
}

}  // namespace tessera::grid
