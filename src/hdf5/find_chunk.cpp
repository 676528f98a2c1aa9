#include "hdf5/find_chunk.hpp"

#include "base/extents.hpp"
#include "hdf5/check.hpp"
#include "hdf5/handle.hpp"
#include "hdf5/input_driver.hpp"
#include "schema/contents.hpp"

namespace tessera::hdf5 {

std::optional<hsize_t> chunk_storage_size(hid_t dataset, const ChunkOffset& offset, const std::string& about) {
  hsize_t size = 0;
  const herr_t known = H5Dget_chunk_storage_size(dataset, offset.data(), &size);
  // What HDF5 says of a chunk that nobody wrote.
  if (known < 0 && failed_with(H5E_DATASET, H5E_CANTGET)) return {};
  check(known, "H5Dget_chunk_storage_size", about);
  if (size == 0) return {};
  return size;
}

std::uint32_t pretend_to_read(hid_t dataset, const ChunkOffset& offset, [[maybe_unused]] hsize_t size,
                              const std::string& about) {
  std::uint32_t mask = 0;
  std::byte nothing{};  // not written to: the driver reads nothing
#if H5_VERSION_GE(2, 0, 0)
  std::size_t capacity = size;
  check(H5Dread_chunk2(dataset, H5P_DEFAULT, offset.data(), &mask, &nothing, &capacity), "H5Dread_chunk", about);
#else
  check(H5Dread_chunk(dataset, H5P_DEFAULT, offset.data(), &mask, &nothing), "H5Dread_chunk", about);
#endif
  return mask;
}

std::optional<PlacedChunk> find_only_chunk(hid_t dataset, const std::string& about) {
  const Handle space(check_id(H5Dget_space(dataset), "H5Dget_space", about), H5Sclose);
  hsize_t count = 0;
  check(H5Dget_num_chunks(dataset, space.get(), &count), "H5Dget_num_chunks", about);
  if (count == 0) return {};
  ChunkOffset offset{};
  unsigned mask = 0;
  haddr_t address = 0;
  hsize_t size = 0;
  check(H5Dget_chunk_info(dataset, space.get(), 0, offset.data(), &mask, &address, &size), "H5Dget_chunk_info", about);
  return PlacedChunk{0, address, static_cast<std::uint32_t>(size), mask};
}

std::optional<PlacedChunk> find_field_chunk(InputDriver& driver, hid_t dataset, const schema::StoredField& stored,
                                            std::int64_t step, const Index& first) {
  const schema::Field& field = stored.field;
  ChunkOffset offset{};
  std::size_t axis = 0;
  if (field.time_dependent) offset[axis++] = static_cast<hsize_t>(step);
  for (const std::int64_t cell : first) offset[axis++] = static_cast<hsize_t>(cell);
  const bool only = count_chunks(field.shape(), field.chunk) == 1 && (!field.time_dependent || stored.steps == 1);
  return only ? find_only_chunk(dataset, field.path) : find_chunk(driver, dataset, offset, field.path);
}

}  // namespace tessera::hdf5
