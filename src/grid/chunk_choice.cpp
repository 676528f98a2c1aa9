#include "grid/chunk_choice.hpp"

#include <algorithm>
#include <vector>

#include "base/extents.hpp"
#include "base/filters.hpp"
#include "base/text.hpp"
#include "grid/chunk_axis.hpp"
#include "grid/chunk_search.hpp"

namespace tessera::grid {

namespace {

std::string sharing_text(const ChunkChoice& choice) {
  if (choice.shared_chunks == 0) return "no chunk is shared by ranks";
  return std::to_string(choice.shared_chunks) + " of " + std::to_string(choice.chunks) + " chunks are shared by ranks";
}

ChunkChoice described(const ChunkRequest& request, const Index& chunk, const std::string& why) {
  ChunkChoice choice;
  choice.chunk = chunk;
  choice.chunks = count_chunks(request.shape, chunk);
  choice.chunk_bytes = bytes_of(chunk, request.cell_bytes);
  choice.why = why;
  return choice;
}

}  // namespace

ChunkChoice choose_chunk(const ChunkRequest& request, std::span<const ChunkAxis> axes) {
  const std::int64_t field_bytes = bytes_of(request.shape, request.cell_bytes);
  const std::int64_t max_bytes = std::max(std::min(request.max_bytes, max_chunk_bytes), request.cell_bytes);
  const std::int64_t min_bytes = std::min({request.min_bytes, field_bytes, max_bytes});
  const std::int64_t target_bytes = std::clamp(request.target_bytes, min_bytes, max_bytes);
  const ChunkSizes sizes{request.cell_bytes, min_bytes, target_bytes, max_bytes};
  const FoundChunk aligned = search_chunk(axes, sizes, true);
  const FoundChunk found = aligned.allowed ? aligned : search_chunk(axes, sizes, false);

  std::string why = "the boundaries of the ranks' blocks leave no common chunk of at least " + size_text(min_bytes);
  if (field_bytes <= request.min_bytes) {
    why = "the field is no larger than the smallest chunk of " + size_text(request.min_bytes);
  } else if (std::ranges::all_of(axes, [](const ChunkAxis& axis) { return axis.faces.empty(); })) {
    why = "chosen by size, as no boundary between ranks lies inside the field";
  } else if (aligned.allowed) {
    why = "chosen to follow the boundaries of the ranks' blocks";
  }
  return described(request, found.chunk, why);
}

ChunkChoice given_chunk(const ChunkRequest& request, const Index& chunk) {
  return described(request, chunk, "the shape was given");
}

void set_shared_chunks(ChunkChoice& choice, std::int64_t shared_chunks) {
  choice.shared_chunks = shared_chunks;
  choice.reason = size_text(choice.chunk_bytes) + " each, " + sharing_text(choice) + ": " + choice.why;
}

ChunkChoice choose_chunk(const ChunkRequest& request) {
  std::vector<ChunkAxis> axes;
  for (std::size_t axis = 0; axis < request.shape.size(); ++axis)
    axes.push_back(describe_axis(request.shape, {}, axis));
  return choose_chunk(request, axes);
}

}  // namespace tessera::grid
