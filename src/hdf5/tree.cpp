#include "hdf5/tree.hpp"

#include <hdf5_hl.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/filters.hpp"
#include "hdf5/attribute.hpp"
#include "hdf5/check.hpp"
#include "hdf5/element_type.hpp"
#include "hdf5/log.hpp"
#include "hdf5/read_attribute.hpp"
#include "schema/layout.hpp"

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

std::vector<hsize_t> extents_of(const Index& index) {
  std::vector<hsize_t> result;
  for (const std::int64_t extent : index) result.push_back(static_cast<hsize_t>(extent));
  return result;
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

Handle dataset_list(const schema::CreateDataset& dataset) {
  Handle list = creation_list(H5P_DATASET_CREATE, dataset.path);
  set_object_options(list.get(), dataset.path);
  if (!dataset.chunk.empty()) {
    const auto chunk = extents_of(dataset.chunk);
    check(H5Pset_chunk(list.get(), static_cast<int>(chunk.size()), chunk.data()), "H5Pset_chunk", dataset.path);
    set_filters(list.get(), dataset);
  }
  set_fill(list.get(), dataset);
  return list;
}

/// Links of a small group lie in its header, which then is made large enough for all at once, and for the attributes;
/// those of a large one in an index of their own from the beginning. HDF5 asks for a number of links: a message of some
/// bytes and the name each.
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

/// What the groups that are made by these operations get.
std::map<std::string, ExpectedContent> content_of_new_groups(const schema::Operations& operations) {
  constexpr std::size_t attribute_bytes = 60;       // besides name and value
  constexpr std::size_t max_in_header = 64u << 10;  // HDF5's limit
  std::map<std::string, ExpectedContent> groups;
  for (const auto& operation : operations) {
    if (const auto* group = std::get_if<schema::CreateGroup>(&operation)) groups[group->path];
    if (const auto* attribute = std::get_if<schema::SetAttribute>(&operation)) {
      const auto owner = groups.find(attribute->path);
      const std::size_t bytes = attribute_bytes + attribute->name.size() + content_bytes(*attribute);
      if (owner != groups.end() && bytes < max_in_header) owner->second.attributes += bytes;
    }
    if (const auto* dataset = std::get_if<schema::CreateDataset>(&operation)) {
      const std::size_t slash = dataset->path.rfind('/');
      const auto parent = groups.find(dataset->path.substr(0, slash));
      if (parent == groups.end()) continue;
      parent->second.links += 1;
      parent->second.longest = std::max(parent->second.longest, dataset->path.size() - slash - 1);
    }
  }
  return groups;
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

void Tree::apply(const schema::Operation& operation) {
  std::visit([this](const auto& one) { apply_one(one); }, operation);
  list_new_uses();
}

void Tree::apply(const schema::Operations& operations) {
  expected_ = content_of_new_groups(operations);
  for (const auto& operation : operations) std::visit([this](const auto& one) { apply_one(one); }, operation);
  list_new_uses();
}

hid_t Tree::dataset(const std::string& path) {
  const auto found = datasets_.find(path);
  if (found != datasets_.end()) {
    enter(path);
    found->second.replay = replay_;
    if (H5Iis_valid(found->second.id.get()) > 0) return found->second.id.get();
    found->second.id.release();  // closed by somebody who closes all that is open
    datasets_.erase(found);
  }
  make_room();
  enter(path);
  Handle opened(check_id(H5Dopen2(file_.get(), path.c_str(), H5P_DEFAULT), "H5Dopen2", path), H5Dclose);
  return datasets_.emplace(path, Open{std::move(opened), replay_}).first->second.id.get();
}

void Tree::begin_replay() {
  constexpr std::uint64_t kept_replays = 8;
  ++replay_;
  if (replay_ > kept_replays) close_unused_since(replay_ - kept_replays);
}

/// Where a single replay uses more datasets than should be open at a time.
void Tree::make_room() {
  constexpr std::size_t max_open = 8192;
  if (datasets_.size() >= max_open) enter("/");
  if (datasets_.size() >= max_open) close_unused_since(replay_);
  if (datasets_.size() >= max_open) close_unused_since(replay_ + 1);
}

void Tree::close_unused_since(std::uint64_t replay) {
  std::erase_if(datasets_, [replay](const auto& entry) { return entry.second.replay < replay; });
}

void Tree::close() {
  datasets_.clear();
  check(H5Fclose(file_.release()), "H5Fclose", "the file");
}

void Tree::forget() noexcept {
  for (auto& entry : datasets_) entry.second.id.release();
  datasets_.clear();
  new_uses_.clear();
  file_.release();
}

void Tree::apply_one(const schema::CreateGroup& operation) {
  const Handle list = group_creation_list(operation.path);
  const auto expected = expected_.find(operation.path);
  if (expected != expected_.end()) reserve_header(list.get(), expected->second, operation.path);
  make_group(operation.path, list.get());
}

/// The link is made after the group: it belongs to the group's parent.
void Tree::make_group(const std::string& path, hid_t list) {
  enter(path);
  const Handle group(check_id(H5Gcreate_anon(file_.get(), list, H5P_DEFAULT), "H5Gcreate_anon", path), H5Gclose);
  enter("/");
  const Handle link = link_list(path);
  check(H5Olink(group.get(), file_.get(), path.c_str(), link.get(), H5P_DEFAULT), "H5Olink", path);
  if (enter_) flush_links();
}

/// Blocks of the index of links get their space when they are written, which then is not while something else is made.
void Tree::flush_links() {
  enter("/");
  const Handle root(check_id(H5Gopen2(file_.get(), "/", H5P_DEFAULT), "H5Gopen2", "/"), H5Gclose);
  check(H5Gflush(root.get()), "H5Gflush", "/");
}

void Tree::flush() {
  enter("/");
  check(H5Fflush(file_.get(), H5F_SCOPE_GLOBAL), "H5Fflush", "a metadata tree");
}

void Tree::apply_one(const schema::SetAttribute& operation) {
  enter(operation.path);
  const Handle owner(check_id(H5Oopen(file_.get(), operation.path.c_str(), H5P_DEFAULT), "H5Oopen", operation.path),
                     H5Oclose);
  if (operation.replaces && has_attribute(owner.get(), operation.path, operation.name.c_str())) {
    check(H5Adelete(owner.get(), operation.name.c_str()), "H5Adelete", operation.path + "@" + operation.name);
  }
  write_attribute(owner.get(), operation.path, operation.name, operation.value, operation.text);
}

void Tree::apply_one(const schema::SetElementAttribute& operation) {
  write_element_attribute(dataset(operation.path), operation.path, operation.name, operation.type, operation.value);
}

void Tree::apply_one(const schema::CreateDataset& operation) {
  const auto shape = extents_of(operation.shape);
  auto largest = shape;
  if (operation.unlimited) largest.front() = H5S_UNLIMITED;
  const Handle space(check_id(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), largest.data()),
                              "H5Screate_simple", operation.path),
                     H5Sclose);
  enter(operation.path);
  const Handle list = dataset_list(operation);
  const Handle link = link_list(operation.path);
  Handle created(check_id(H5Dcreate2(file_.get(), operation.path.c_str(), file_type(operation.type).get(), space.get(),
                                     link.get(), list.get(), H5P_DEFAULT),
                          "H5Dcreate2", operation.path),
                 H5Dclose);
  make_room();
  datasets_.insert_or_assign(operation.path, Open{std::move(created), replay_});
}

void Tree::apply_one(const schema::MakeScale& operation) {
  check(H5DSset_scale(dataset(operation.path), operation.name.c_str()), "H5DSset_scale", operation.path);
}

void Tree::attach(const schema::AttachScales& operation) {
  const hobj_ref_t user = reference_to(dataset(operation.dataset), operation.dataset);
  std::vector<hobj_ref_t> scales;
  for (const std::string& scale : operation.scales) {
    new_uses_[scale].push_back({user, static_cast<int>(scales.size())});
    scales.push_back(reference_to(dataset(scale), scale));
  }
  write_dimension_list(dataset(operation.dataset), operation.dataset, scales);
}

void Tree::list_new_uses() {
  for (const auto& [scale, uses] : std::exchange(new_uses_, {})) extend_reference_list(dataset(scale), scale, uses);
}

void Tree::apply_one(const schema::SetLength& operation) {
  const hid_t target = dataset(operation.path);
  const Handle space(check_id(H5Dget_space(target), "H5Dget_space", operation.path), H5Sclose);
  std::array<hsize_t, H5S_MAX_RANK> extents{};
  check(H5Sget_simple_extent_dims(space.get(), extents.data(), nullptr), "H5Sget_simple_extent_dims", operation.path);
  extents[0] = static_cast<hsize_t>(operation.length);
  check(H5Dset_extent(target, extents.data()), "H5Dset_extent", operation.path);
}

/// By one rank alone: a collective transfer of a few bytes would make all ranks wait for each other several times.
void Tree::apply_one(const schema::WriteValues& operation) {
  const hid_t target = dataset(operation.path);
  if (!writes_values_) return;
  const Handle file_space(check_id(H5Dget_space(target), "H5Dget_space", operation.path), H5Sclose);
  const hsize_t start = static_cast<hsize_t>(operation.start);
  const hsize_t count = operation.values.size();
  const Handle memory_space(check_id(H5Screate_simple(1, &count, nullptr), "H5Screate_simple", operation.path),
                            H5Sclose);
  check(H5Sselect_hyperslab(file_space.get(), H5S_SELECT_SET, &start, nullptr, &count, nullptr), "H5Sselect_hyperslab",
        operation.path);
  check(H5Dwrite(target, H5T_NATIVE_DOUBLE, memory_space.get(), file_space.get(), H5P_DEFAULT, operation.values.data()),
        "H5Dwrite", operation.path);
  place_values(operation);
}

/// HDF5 gives a series' chunk its space when it writes it, in the next flush, where nobody knows any more what it does.
void Tree::place_values(const schema::WriteValues& operation) {
  const std::int64_t first = operation.start / schema::least_series_chunk;
  const std::int64_t last =
      (operation.start + static_cast<std::int64_t>(operation.values.size()) - 1) / schema::least_series_chunk;
  Open& open = datasets_.at(operation.path);
  if (first == last && open.values_placed == last) return;
  if (enter(operation.path)) check(H5Dflush(open.id.get()), "H5Dflush", operation.path);
  open.values_placed = last;
}

}  // namespace tessera::hdf5
