#include "hdf5/read_chunks.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "base/filters.hpp"
#include "hdf5/check.hpp"
#include "hdf5/handle.hpp"

namespace tessera::hdf5 {

namespace {

std::vector<Filter> filters_in(hid_t list, const std::string& about) {
  std::vector<Filter> filters;
  const int count = H5Pget_nfilters(list);
  check(count, "H5Pget_nfilters", about);
  for (int number = 0; number < count; ++number) {
    unsigned flags = 0;
    unsigned config = 0;
    std::array<unsigned, 8> parameters{};
    std::size_t size = parameters.size();
    const H5Z_filter_t filter =
        H5Pget_filter2(list, static_cast<unsigned>(number), &flags, &size, parameters.data(), 0, nullptr, &config);
    check(filter, "H5Pget_filter2", about);
    size = std::min(size, parameters.size());  // HDF5 says how many there are
    filters.push_back({filter, {parameters.begin(), parameters.begin() + static_cast<std::ptrdiff_t>(size)}});
  }
  return filters;
}

}  // namespace

void read_storage(hid_t dataset, const std::string& about, std::size_t begin, std::size_t end, schema::Field& field) {
  const Handle list(check_id(H5Dget_create_plist(dataset), "H5Dget_create_plist", about), H5Pclose);
  field.codec = codec_of(filters_in(list.get(), about));
  if (H5Pget_layout(list.get()) != H5D_CHUNKED) return;
  std::array<hsize_t, H5S_MAX_RANK> extents{};
  const int rank = H5Pget_chunk(list.get(), H5S_MAX_RANK, extents.data());
  check(rank, "H5Pget_chunk", about);
  if (begin == 1 && extents[0] != 1) return;
  for (std::size_t axis = begin; axis < end; ++axis) field.chunk.push_back(extents[axis]);
}

bool has_usual_filters(hid_t list, const std::string& about, std::size_t element_bytes) {
  const std::vector<Filter> filters = filters_in(list, about);
  // HDF5 adds parameters of its own.
  return std::ranges::equal(filters, filters_of(codec_of(filters), element_bytes), {}, &Filter::number, &Filter::number);
}

}  // namespace tessera::hdf5
