#pragma once

#include <hdf5.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include <tessera/types.hpp>

#include "hdf5/placed_chunks.hpp"

/// \file
/// Where a chunk lies. H5Dget_chunk_info_by_coord walks the chunk index from its begin (1.10.8: 0.1 ms for chunk
/// 8,000), so HDF5 is told to read the chunk, which looks it up, and a driver notes what is asked of it.

namespace tessera::schema {
struct StoredField;
}

namespace tessera::hdf5 {

class InputDriver;

using ChunkOffset = std::array<hsize_t, H5S_MAX_RANK>;  ///< of its first element in the dataset

/// Bytes of a chunk as stored; nothing for one that nobody wrote.
std::optional<hsize_t> chunk_storage_size(hid_t dataset, const ChunkOffset& offset, const std::string& about);

/// Has HDF5 read a chunk, which its driver does not. \returns the chunk's filter mask
std::uint32_t pretend_to_read(hid_t dataset, const ChunkOffset& offset, hsize_t size, const std::string& about);

/// The chunk that begins at `offset`. \param driver of the dataset's file: has look_for(size) and found()
template <class Driver>
std::optional<PlacedChunk> find_chunk(Driver& driver, hid_t dataset, const ChunkOffset& offset,
                                      const std::string& about) {
  const std::optional<hsize_t> size = chunk_storage_size(dataset, offset, about);
  if (!size) return {};
  driver.look_for(*size);
  const std::uint32_t mask = pretend_to_read(dataset, offset, *size, about);
  return PlacedChunk{0, driver.found(), static_cast<std::uint32_t>(*size), mask};
}

/// The same for a dataset of one chunk. HDF5 1.10.8 reads it with a wrong filter mask while the file is open in which
/// it was written, and its index is no longer than one.
std::optional<PlacedChunk> find_only_chunk(hid_t dataset, const std::string& about);

/// A field's chunk that begins at the cell `first` of a step. \param dataset the field's
std::optional<PlacedChunk> find_field_chunk(InputDriver& driver, hid_t dataset, const schema::StoredField& stored,
                                            std::int64_t step, const Index& first);

}  // namespace tessera::hdf5
