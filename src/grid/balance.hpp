#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "grid/chunk_directory.hpp"

namespace tessera::grid {

/// `count` chunks that migrate from rank `from` to rank `to`.
struct Transfer {
  int from = 0;
  int to = 0;
  std::int64_t count = 0;
};

/// The most chunks that a rank may own: one and a half times the mean, or one more than others where a chunk cannot be
/// divided. Example: of 8 chunks and 4 ranks 3; of 3 chunks and 4 ranks 1.
std::int64_t max_chunks_of_a_rank(std::int64_t chunks, std::int64_t ranks);

/// True when no rank owns more than that. `owned` are the chunks of each rank.
bool is_balanced(std::span<const std::int64_t> owned);

/// The migrations that make it so; none where it is already. Ranks that own too many come down to the mean. Example: 8,
/// 0, 0, 0: 2 chunks of rank 0 migrate to each of the others.
std::vector<Transfer> balance(std::span<const std::int64_t> owned);

/// A chunk that gets another owner.
struct Migration {
  std::uint64_t chunk = 0;
  int to = 0;
};

/// Which chunks migrate: preferably to a rank that has cells of the chunk anyway, and preferably those that the old
/// owner has few cells of, since these have to be sent. `transfers` are those of the rank that owns `holdings`.
std::vector<Migration> choose_migrations(std::span<const Transfer> transfers, std::span<const Holding> holdings);

/// Migrates the chunks: sets the owners of the rank's own pieces. \returns what to tell to each rank that has cells
/// of them
Lists migrate(std::span<const Migration> migrations, std::span<const Holding> shared, int ranks,
              std::vector<Piece>& pieces);

/// Sets the owners of a rank's pieces by what others told it.
void apply_notices(const Lists& notices, std::vector<Piece>& pieces);

}  // namespace tessera::grid
