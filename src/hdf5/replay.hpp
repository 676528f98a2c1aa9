#pragma once

#include <hdf5.h>

#include <array>
#include <cstdint>

#include "hdf5/history.hpp"
#include "hdf5/member.hpp"

namespace tessera::hdf5 {

/// Applies to the tree all records that it lacks. They reach the file with the driver's emit().
/// \param present runs that it has already as all records but the last one left them
void replay(const History& history, Member& member, const Names& present = {});

/// Where a chunk begins in its dataset: (time,) grid (, components). The step counts where the set has one.
std::array<hsize_t, H5S_MAX_RANK> offset_of(const PlacedChunks& set, std::int64_t step, std::uint64_t index);

/// Adds a chunk that lies in the file to the dataset's index.
void register_chunk(Member& member, hid_t dataset, const std::array<hsize_t, H5S_MAX_RANK>& offset,
                    const PlacedChunk& chunk, const std::string& about);

}  // namespace tessera::hdf5
