#include "hdf5/read_chunks.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "base/filters.hpp"
#include "hdf5/check.hpp"
#include "hdf5/handle.hpp"

namespace tessera::hdf5 {

namespace {

struct Pipeline {
  Codec codec = Codec::none();  ///< what of it a codec can say
  std::vector<int> filters;     ///< all of them
};

Pipeline pipeline_of(hid_t list, const std::string& about) {
  Pipeline pipeline;
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
    pipeline.filters.push_back(filter);
    if (filter == H5Z_FILTER_SHUFFLE) pipeline.codec.shuffle = true;
    if (filter == H5Z_FILTER_DEFLATE && size > 0) pipeline.codec.level = static_cast<int>(parameters[0]);
  }
  return pipeline;
}

}  // namespace

void read_storage(hid_t dataset, const std::string& about, std::size_t begin, std::size_t end, schema::Field& field) {
  const Handle list(check_id(H5Dget_create_plist(dataset), "H5Dget_create_plist", about), H5Pclose);
  field.codec = pipeline_of(list.get(), about).codec;
  if (H5Pget_layout(list.get()) != H5D_CHUNKED) return;
  std::array<hsize_t, H5S_MAX_RANK> extents{};
  const int rank = H5Pget_chunk(list.get(), H5S_MAX_RANK, extents.data());
  check(rank, "H5Pget_chunk", about);
  if (begin == 1 && extents[0] != 1) return;
  for (std::size_t axis = begin; axis < end; ++axis) field.chunk.push_back(extents[axis]);
}

bool has_usual_filters(hid_t list, const std::string& about, std::size_t element_bytes) {
  const Pipeline pipeline = pipeline_of(list, about);
  return std::ranges::equal(pipeline.filters, filters_of(pipeline.codec, element_bytes), {}, {}, &Filter::number);
}

}  // namespace tessera::hdf5
