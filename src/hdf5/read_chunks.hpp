#pragma once

#include <hdf5.h>

#include <cstddef>
#include <string>
#include <vector>

#include "base/filters.hpp"
#include "schema/contents.hpp"

namespace tessera::hdf5 {

/// Sets a field's chunk, codec and storage by how its dataset is stored; the chunk stays empty where there are no
/// chunks, or more than one step in one. \param begin, end the axes of the grid among the dataset's
void read_storage(hid_t dataset, const std::string& about, std::size_t begin, std::size_t end,
                  schema::StoredField& stored);

/// The filters of a dataset, in the order in which a chunk goes through them. \param list its creation properties
std::vector<Filter> filters_in(hid_t list, const std::string& about);

/// One element: what HDF5 gives where nobody wrote. \param list the dataset's creation properties
std::vector<std::byte> fill_value(hid_t list, DataType type, const std::string& about);

/// Whether a dataset of `element_bytes` has the filters of some Codec, and no others. \param list its creation
/// properties
bool has_usual_filters(hid_t list, const std::string& about, std::size_t element_bytes);

}  // namespace tessera::hdf5
