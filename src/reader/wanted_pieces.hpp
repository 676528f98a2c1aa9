#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <tessera/box.hpp>

#include "grid/chunk_grid.hpp"
#include "reader/get_box.hpp"
#include "schema/contents.hpp"

namespace tessera::detail {

/// A chunk of a step. All ranks go through chunks in this order.
struct ChunkKey {
  std::size_t field = 0;                              ///< its number in the run
  std::uint64_t number = 0;                           ///< in the field's grid of chunks
  auto operator<=>(const ChunkKey&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14
};

/// Cells of a chunk that go into one of this rank's boxes.
struct WantedPiece {
  ChunkKey chunk;
  std::size_t box = 0;  ///< its number among this rank's
  Box part;
};

grid::ChunkGrid chunk_grid(const schema::Field& field);

/// The pieces of these boxes, ascending by chunk. \param is_wanted whether a field is read by chunks
std::vector<WantedPiece> wanted_pieces(const schema::StoredRun& run, std::span<const GetBox> boxes,
                                       const std::function<bool(const schema::StoredField&)>& is_wanted);

}  // namespace tessera::detail
