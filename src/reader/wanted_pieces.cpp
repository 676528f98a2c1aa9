#include "reader/wanted_pieces.hpp"

#include <algorithm>

namespace tessera::detail {

std::vector<WantedPiece> wanted_pieces(const ReadSources& sources, std::span<const GetBox> boxes, std::int64_t step) {
  std::vector<WantedPiece> pieces;
  for (std::size_t number = 0; number < boxes.size(); ++number) {
    if (!sources.are_chunks(boxes[number], step)) continue;
    for (const ReadSources::Share& share : sources.shares(boxes[number], step)) {
      const Index& origin = sources.origin(share.source);
      const Box own = moved_back(share.cells, origin);
      chunk_grid(sources.stored(share.source).field).for_each(own, [&](std::uint64_t chunk, const Box& part) {
        pieces.push_back({{share.source, chunk}, number, moved(part, origin)});
      });
    }
  }
  std::ranges::stable_sort(pieces, {}, &WantedPiece::chunk);
  return pieces;
}

}  // namespace tessera::detail
