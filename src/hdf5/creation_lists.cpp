#include "hdf5/creation_lists.hpp"

#include <algorithm>
#include <vector>

#include "base/filters.hpp"
#include "hdf5/check.hpp"
#include "hdf5/element_type.hpp"
#include "hdf5/log.hpp"

namespace tessera::hdf5 {

namespace {

constexpr unsigned creation_order = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;

/// Up to this many attributes lie in the object's header. More, or one of 64 KiB and more, go to an index of their own
/// ("dense" storage), with more than 8 of which H5Ocopy of HDF5 1.10.8 crashes (the program h5copy).
constexpr unsigned max_compact_attributes = 256;

/// What groups, datasets and the root group have in common.
void set_object_options(hid_t list, const std::string& about) {
  check(H5Pset_attr_creation_order(list, creation_order), "H5Pset_attr_creation_order", about);
  check(H5Pset_attr_phase_change(list, max_compact_attributes, max_compact_attributes - 2), "H5Pset_attr_phase_change",
        about);
  check(H5Pset_obj_track_times(list, false), "H5Pset_obj_track_times", about);
}

Handle creation_list(hid_t list_class, const std::string& about) {
  return {check_id(H5Pcreate(list_class), "H5Pcreate", about), H5Pclose};
}

/// Sets the filters of a chunked dataset.
void set_filters(hid_t list, const schema::CreateDataset& dataset) {
  for (const Filter& filter : filters_of(dataset.codec, size_of(dataset.type))) {
    check(H5Pset_filter(list, filter.number, H5Z_FLAG_OPTIONAL, filter.parameters.size(), filter.parameters.data()),
          "H5Pset_filter", dataset.path);
  }
}

/// Chunks without a fill value are never filled: every cell gets written. An axis may have no values; in a file of
/// several ranks HDF5 allocates it all the same, and without filling it keeps what lay in some rank's memory.
void set_fill(hid_t list, const schema::CreateDataset& dataset) {
  if (dataset.fill.empty()) {
    const auto time = dataset.chunk.empty() ? H5D_FILL_TIME_ALLOC : H5D_FILL_TIME_NEVER;
    check(H5Pset_fill_time(list, time), "H5Pset_fill_time", dataset.path);
    return;
  }
  check(H5Pset_fill_value(list, memory_type(dataset.type).get(), dataset.fill.data()), "H5Pset_fill_value",
        dataset.path);
  check(H5Pset_fill_time(list, H5D_FILL_TIME_IFSET), "H5Pset_fill_time", dataset.path);
}

}  // namespace

Handle link_list(const std::string& path) {
  Handle list = creation_list(H5P_LINK_CREATE, path);
  check(H5Pset_char_encoding(list.get(), H5T_CSET_UTF8), "H5Pset_char_encoding", path);
  return list;
}

Handle group_creation_list(const std::string& path) {
  Handle list = creation_list(H5P_GROUP_CREATE, path);
  check(H5Pset_link_creation_order(list.get(), creation_order), "H5Pset_link_creation_order", path);
  set_object_options(list.get(), path);
  return list;
}

void reserve_header(hid_t list, const ExpectedContent& expected, const std::string& about) {
  constexpr unsigned max_in_header = 64;
  constexpr std::size_t link_bytes = 25;
  constexpr std::size_t max_links = 1000;
  constexpr std::size_t max_name_bytes = 1000;
  const bool is_small = expected.links <= max_in_header;
  check(H5Pset_link_phase_change(list, is_small ? max_in_header : 0, is_small ? max_in_header / 2 : 0),
        "H5Pset_link_phase_change", about);
  const std::size_t name = std::min(expected.longest + 1, max_name_bytes);  // that it is UTF-8 takes a byte
  const std::size_t links = (is_small ? expected.links : 0) + expected.attributes / (link_bytes + name) + 1;
  check(H5Pset_est_link_info(list, static_cast<unsigned>(std::min(links, max_links)), static_cast<unsigned>(name)),
        "H5Pset_est_link_info", about);
}

std::map<std::string, ExpectedContent> content_of_new_groups(const schema::Operations& operations) {
  constexpr std::size_t attribute_bytes = 60;       // besides name and value
  constexpr std::size_t max_in_header = 64u << 10;  // HDF5's limit
  std::map<std::string, ExpectedContent> groups;
  const auto note_member = [&groups](const std::string& path) {
    const std::size_t slash = path.rfind('/');
    const auto parent = groups.find(path.substr(0, slash));
    if (parent == groups.end()) return;
    parent->second.links += 1;
    parent->second.longest = std::max(parent->second.longest, path.size() - slash - 1);
  };
  for (const auto& operation : operations) {
    if (const auto* group = std::get_if<schema::CreateGroup>(&operation)) {
      groups[group->path];
      note_member(group->path);
    }
    if (const auto* attribute = std::get_if<schema::SetAttribute>(&operation)) {
      const auto owner = groups.find(attribute->path);
      const std::size_t bytes = attribute_bytes + attribute->name.size() + content_bytes(*attribute);
      if (owner != groups.end() && bytes < max_in_header) owner->second.attributes += bytes;
    }
    if (const auto* dataset = std::get_if<schema::CreateDataset>(&operation)) note_member(dataset->path);
  }
  return groups;
}

Handle dataset_creation_list(const schema::CreateDataset& dataset) {
  Handle list = creation_list(H5P_DATASET_CREATE, dataset.path);
  set_object_options(list.get(), dataset.path);
  if (!dataset.chunk.empty()) {
    const std::vector<hsize_t> chunk(dataset.chunk.begin(), dataset.chunk.end());
    check(H5Pset_chunk(list.get(), static_cast<int>(chunk.size()), chunk.data()), "H5Pset_chunk", dataset.path);
    set_filters(list.get(), dataset);
  }
  set_fill(list.get(), dataset);
  return list;
}

Handle file_creation_list() {
  Handle list = creation_list(H5P_FILE_CREATE, "the file");
  check(H5Pset_link_creation_order(list.get(), creation_order), "H5Pset_link_creation_order", "the file");
  set_object_options(list.get(), "the file");
  return list;
}

Handle file_access_list() {
  Handle list = creation_list(H5P_FILE_ACCESS, "the file");
  check(H5Pset_libver_bounds(list.get(), H5F_LIBVER_V110, H5F_LIBVER_V110), "H5Pset_libver_bounds", "the file");
  return list;
}

}  // namespace tessera::hdf5
