#include "hdf5/read_chunks.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "base/filters.hpp"
#include "hdf5/check.hpp"
#include "hdf5/element_type.hpp"
#include "hdf5/handle.hpp"

namespace tessera::hdf5 {

std::vector<Filter> filters_in(hid_t list, const std::string& about) {
  std::vector<Filter> filters;
  const int count = H5Pget_nfilters(list);
  check(count, "H5Pget_nfilters", about);
  for (int number = 0; number < count; ++number) {
    unsigned flags = 0;
    unsigned config = 0;
    std::array<unsigned, 32> parameters{};
    std::size_t size = parameters.size();
    const H5Z_filter_t filter =
        H5Pget_filter2(list, static_cast<unsigned>(number), &flags, &size, parameters.data(), 0, nullptr, &config);
    check(filter, "H5Pget_filter2", about);
    size = std::min(size, parameters.size());  // HDF5 says how many there are
    filters.push_back({filter, {parameters.begin(), parameters.begin() + static_cast<std::ptrdiff_t>(size)}});
  }
  return filters;
}

std::vector<std::byte> fill_value(hid_t list, DataType type, const std::string& about) {
  std::vector<std::byte> bytes(size_of(type));
  H5D_fill_value_t kind = H5D_FILL_VALUE_UNDEFINED;
  check(H5Pfill_value_defined(list, &kind), "H5Pfill_value_defined", about);
  if (kind != H5D_FILL_VALUE_UNDEFINED) {
    check(H5Pget_fill_value(list, memory_type(type).get(), bytes.data()), "H5Pget_fill_value", about);
  }
  return bytes;
}

namespace {

/// Whether addresses of chunks are those in the file.
bool begins_at_zero(hid_t dataset, const std::string& about) {
  const Handle file(check_id(H5Iget_file_id(dataset), "H5Iget_file_id", about), H5Fclose);
  const Handle list(check_id(H5Fget_create_plist(file.get()), "H5Fget_create_plist", about), H5Pclose);
  hsize_t size = 1;
  check(H5Pget_userblock(list.get(), &size), "H5Pget_userblock", about);
  return size == 0;
}

}  // namespace

void read_storage(hid_t dataset, const std::string& about, std::size_t begin, std::size_t end,
                  schema::StoredField& stored) {
  schema::Field& field = stored.field;
  const Handle list(check_id(H5Dget_create_plist(dataset), "H5Dget_create_plist", about), H5Pclose);
  schema::ChunkStorage& storage = stored.storage;
  storage.filters = filters_in(list.get(), about);
  field.codec = codec_of(storage.filters);
  if (H5Pget_layout(list.get()) == H5D_VIRTUAL) storage.fill = fill_value(list.get(), field.stored, about);
  if (H5Pget_layout(list.get()) != H5D_CHUNKED) return;
  std::array<hsize_t, H5S_MAX_RANK> extents{};
  const int rank = H5Pget_chunk(list.get(), H5S_MAX_RANK, extents.data());
  check(rank, "H5Pget_chunk", about);
  if (begin == 1) field.chunk_steps = static_cast<std::int64_t>(extents[0]);
  if (field.spans_steps()) return;
  for (std::size_t axis = begin; axis < end; ++axis) field.chunk.push_back(extents[axis]);
  unsigned edges = 0;
  check(H5Pget_chunk_opts(list.get(), &edges), "H5Pget_chunk_opts", about);
  const Handle type(check_id(H5Dget_type(dataset), "H5Dget_type", about), H5Tclose);
  bool whole_cells = true;
  for (std::size_t axis = end; const std::int64_t extent : field.component_extents())
    whole_cells = whole_cells && extents[axis++] == static_cast<hsize_t>(extent);
  storage.is_plain = whole_cells && edges == 0 && H5Tequal(type.get(), memory_type(field.stored).get()) > 0 &&
                     begins_at_zero(dataset, about);
  storage.fill = fill_value(list.get(), field.stored, about);
}

bool has_usual_filters(hid_t list, const std::string& about, std::size_t element_bytes) {
  const std::vector<Filter> filters = filters_in(list, about);
  // HDF5 adds parameters of its own.
  return std::ranges::equal(filters, filters_of(codec_of(filters), element_bytes), {}, &Filter::number,
                            &Filter::number);
}

}  // namespace tessera::hdf5
