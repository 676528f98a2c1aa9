#include "hdf5/export_change.hpp"

#include <algorithm>

namespace tessera::hdf5 {

ChunkGrid changed_grid(const SurveyedDataset& source, const ExportChange& change) {
  ChunkGrid grid = source.grid;
  if (change.steps) {
    grid.extents.at(0) =
        std::min<hsize_t>(change.steps->second, grid.extents[0]) - std::min<hsize_t>(change.begin(), grid.extents[0]);
    if (grid.most[0] != H5S_UNLIMITED) grid.most[0] = grid.extents[0];
  }
  if (change.single_precision) grid.element_bytes = sizeof(float);
  if (change.chunk.empty()) return grid;
  grid.chunk.assign(change.chunk.begin(), change.chunk.end());
  for (std::size_t axis = 0; axis < grid.chunk.size(); ++axis) {
    if (grid.most[axis] == H5S_UNLIMITED) continue;
    grid.chunk[axis] = std::min(grid.chunk[axis], std::max<hsize_t>(grid.extents[axis], 1));
  }
  return grid;
}

bool keeps_stored_chunks(const SurveyedDataset& source, const ExportChange& change) noexcept {
  if (source.storage != SurveyedDataset::Storage::chunked || source.has_variable_length) return false;
  const hsize_t along = source.grid.chunk[0];
  const bool is_cut = change.begin() % along != 0 || (change.steps && change.steps->second < source.grid.extents[0] &&
                                                      change.steps->second % along != 0);
  return !change.changes_chunks() && !is_cut && change.shift == 0;
}

}  // namespace tessera::hdf5
