#include "boxes_request.hpp"

#include <vector>

#include "grid/merged_boxes.hpp"
#include "shared_chunks.hpp"

namespace tessera::grid {

ChunkChoice choose_chunk(const BoxesRequest& request) {
  const std::vector<OwnedBox> blocks = merged_boxes(request.boxes);
  std::vector<ChunkAxis> axes;
  for (std::size_t axis = 0; axis < request.shape.size(); ++axis) {
    axes.push_back(describe_axis(request.shape, blocks, axis));
  }
  ChunkChoice choice = choose_chunk(request, axes);
  set_shared_chunks(choice, count_shared_chunks(request.shape, choice.chunk, blocks));
  return choice;
}

ChunkChoice given_chunk(const BoxesRequest& request, const Index& chunk) {
  ChunkChoice choice = given_chunk(static_cast<const ChunkRequest&>(request), chunk);
  set_shared_chunks(choice, count_shared_chunks(request.shape, chunk, merged_boxes(request.boxes)));
  return choice;
}

}  // namespace tessera::grid
