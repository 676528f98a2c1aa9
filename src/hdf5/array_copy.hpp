#pragma once

#include <cstdint>

#include "hdf5/chunk_list.hpp"
#include "hdf5/member.hpp"

namespace tessera::hdf5 {

/// Copies the chunk index of a dataset from one tree to another, where it is an array, of fixed length or extensible:
/// block by block, with other addresses in them. 10^6 chunks take hundredths of a second; one by one, through HDF5, a
/// second.
///
/// Both trees are in the storage and have just been refreshed; `target` was never published, and is refreshed before
/// HDF5 sees the dataset again.
/// \param number of a chunk that is registered in both
/// \return whether that was possible; otherwise `target` is as before, but for some space that nothing refers to
/// \throws Error storage, hdf5
bool copy_array(Member& source, Member& target, const ChunkList& chunks, std::uint64_t number);

}  // namespace tessera::hdf5
