#include "reader/wanted_pieces.hpp"

#include <algorithm>

namespace tessera::detail {

grid::ChunkGrid chunk_grid(const schema::Field& field) { return {field.shape(), field.chunk}; }

std::vector<WantedPiece> wanted_pieces(const schema::StoredRun& run, std::span<const GetBox> boxes,
                                       const std::function<bool(const schema::StoredField&)>& is_wanted) {
  std::vector<WantedPiece> pieces;
  for (std::size_t number = 0; number < boxes.size(); ++number) {
    const GetBox& asked = boxes[number];
    const schema::StoredField& stored = run.fields.at(asked.field);
    if (!is_wanted(stored)) continue;
    chunk_grid(stored.field).for_each(asked.box, [&](std::uint64_t chunk, const Box& part) {
      pieces.push_back({{asked.field, chunk}, number, part});
    });
  }
  std::ranges::stable_sort(pieces, {}, &WantedPiece::chunk);
  return pieces;
}

}  // namespace tessera::detail
