#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "comm/communicator.hpp"
#include "hdf5/placed_chunks.hpp"
#include "storage/file.hpp"
#include "storage/read_only_file.hpp"
#include "tools/repack/chunk_task.hpp"

namespace tessera::tools {

/// What ranks have written of copies.
struct SharedChunks {
  std::vector<std::vector<hdf5::PlacedChunk>> of_task;  ///< by their numbers in the copy, ascending; on rank 0
  std::uint64_t end = 0;                                ///< of what was written
};

/// The ranks make the chunks of copies, each some of them, and write them into a new file, one after the other.
/// Collective. \param begin of the space that they get, a multiple of 8
/// \param progress is called on rank 0 with how much of the work is done, from 0 to 1
/// \throws Error the same on every rank
SharedChunks share_chunks(const comm::Communicator& comm, const storage::ReadOnlyFile& source, storage::File& file,
                          const std::vector<ChunkTask>& tasks, std::uint64_t begin,
                          const std::function<void(double)>& progress);

}  // namespace tessera::tools
