#pragma once

#include <hdf5.h>

#include <cstdint>
#include <string>
#include <vector>

#include "hdf5/chunk_grid.hpp"
#include "hdf5/index_block.hpp"
#include "hdf5/input_driver.hpp"
#include "hdf5/placed_chunks.hpp"

namespace tessera::hdf5 {

/// The chunks of a dataset that there are.
struct ChunkIndex {
  /// PlacedChunk::index: the row-major number in the grid of all chunks, time too. Ascending.
  std::vector<PlacedChunk> chunks;
  std::vector<FileRange> blocks;  ///< of the index itself, as far as it was read here
  std::uint64_t outside = 0;      ///< chunks beyond the dataset's extents
};

/// Reads a dataset's chunk index whole. HDF5 is asked for one chunk, to learn from the driver where the index begins.
/// \param driver of the dataset's file, which notes blocks
/// \param dataset of which HDF5 has looked up no chunk yet
/// \throws Error hdf5, storage
ChunkIndex read_chunk_index(InputDriver& driver, hid_t dataset, const std::string& about);

}  // namespace tessera::hdf5
