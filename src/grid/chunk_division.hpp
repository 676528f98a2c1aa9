#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "grid/chunk_directory.hpp"

namespace tessera::grid {

/// A field's cells, by chunk and by the rank that assembles the chunk.
struct Division {
  ChunkGrid grid;
  std::vector<Piece> pieces;  ///< of this rank, ascending by chunk
  std::int64_t own_cells = 0;
  std::int64_t cells = 0;          ///< of all ranks' boxes together
  std::int64_t chunks = 0;         ///< that anybody has cells of
  std::int64_t shared_chunks = 0;  ///< that several ranks have cells of
  bool overlap = false;            ///< some cell is in two boxes: then the rest is of no use
};

/// One rank's part in dividing a field among the ranks, without any rank knowing all boxes. In this order, with
/// messages between:
///
///     registrations -> (each list to its rank) -> answers -> (each list to its rank) -> counts -> (all to all ranks)
///     -> take_counts; unless is_balanced(): notices -> (each list to its rank) -> take_notices
class ChunkDivision {
 public:
  /// What a rank tells all others once its chunks have owners: chunks that it owns, its cells, chunks of several ranks
  /// in its part of the directory, whether cells overlap there.
  using Counts = std::array<std::int64_t, 4>;

  /// \param division its grid is given, the rest is set; it outlives this
  /// \param own this rank's boxes
  /// \param rotation the same on all ranks: shifts the choice among equals (resolve_entries)
  ChunkDivision(Division& division, std::span<const Box> own, int rank, int ranks, std::uint64_t rotation);

  Lists registrations() const;
  Lists answers(const Lists& registered);
  Counts counts(const Lists& answers);
  /// The next rank's, of rank 0 first.
  void take_counts(std::span<const std::int64_t> counts) noexcept;

  /// Does no rank own far more chunks than others (grid/balance.hpp)? The same on all ranks.
  bool is_balanced() const;
  std::span<const std::int64_t> owned_by_rank() const noexcept { return owned_by_rank_; }  ///< before any migrate

  Lists notices();
  void take_notices(const Lists& notices);

 private:
  std::int64_t count_owned() const noexcept;

  Division* division_;
  int rank_;
  int ranks_;
  std::uint64_t rotation_;
  std::int64_t shared_here_ = 0;  ///< in this rank's part of the directory
  bool overlap_here_ = false;
  std::vector<Holding> shared_;  ///< chunks of several ranks that this one owns before any migrate
  std::vector<std::int64_t> owned_by_rank_;
};

}  // namespace tessera::grid
