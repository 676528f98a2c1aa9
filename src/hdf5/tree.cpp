#include "hdf5/tree.hpp"

#include <hdf5_hl.h>

#include <algorithm>
#include <array>
#include <utility>

#include "hdf5/attribute.hpp"
#include "hdf5/check.hpp"
#include "hdf5/creation_lists.hpp"
#include "hdf5/element_type.hpp"
#include "hdf5/log.hpp"
#include "hdf5/read_attribute.hpp"
#include "hdf5/texts.hpp"
#include "schema/layout.hpp"

namespace tessera::hdf5 {

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
  const bool is_run = path.rfind('/') == 0;
  if (is_run) enter("/");
  const Handle link = link_list(path);
  check(H5Olink(group.get(), file_.get(), path.c_str(), link.get(), H5P_DEFAULT), "H5Olink", path);
  if (is_run && enter_) flush_links();
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
  const std::vector<hsize_t> shape(operation.shape.begin(), operation.shape.end());
  auto largest = shape;
  if (operation.unlimited) largest.front() = H5S_UNLIMITED;
  const Handle space(check_id(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), largest.data()),
                              "H5Screate_simple", operation.path),
                     H5Sclose);
  enter(operation.path);
  const Handle list = dataset_creation_list(operation);
  const Handle link = link_list(operation.path);
  const Handle type = operation.is_text ? text_type() : file_type(operation.type);
  Handle created(check_id(H5Dcreate2(file_.get(), operation.path.c_str(), type.get(), space.get(), link.get(),
                                     list.get(), H5P_DEFAULT),
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

void Tree::apply_one(const schema::CutSteps& operation) {
  cut(operation.path, operation.chunk_begin());
  apply_one(schema::SetLength{operation.path, operation.length});
}

std::int64_t Tree::length_of(const std::string& path) {
  const Handle space(check_id(H5Dget_space(dataset(path)), "H5Dget_space", path), H5Sclose);
  std::array<hsize_t, H5S_MAX_RANK> extents{};
  check(H5Sget_simple_extent_dims(space.get(), extents.data(), nullptr), "H5Sget_simple_extent_dims", path);
  return static_cast<std::int64_t>(extents[0]);
}

void Tree::cut(const std::string& path, std::int64_t length) {
  if (length_of(path) > length) apply_one(schema::SetLength{path, length});
}

void Tree::replace_from(const std::string& path, std::int64_t begin) {
  const std::int64_t length = length_of(path);
  cut(path, begin);
  apply_one(schema::SetLength{path, length});
}

/// By one rank alone: a collective transfer of a few bytes would make all ranks wait for each other several times.
void Tree::apply_one(const schema::WriteValues& operation) {
  const hid_t target = dataset(operation.path);
  if (!writes_values_) return;
  const Handle file_space(check_id(H5Dget_space(target), "H5Dget_space", operation.path), H5Sclose);
  const std::array<hsize_t, 2> start{static_cast<hsize_t>(operation.start), 0};
  const std::array<hsize_t, 2> count{static_cast<hsize_t>(operation.places()), static_cast<hsize_t>(operation.columns)};
  const Handle memory_space(check_id(H5Screate_simple(operation.columns > 0 ? 2 : 1, count.data(), nullptr),
                                     "H5Screate_simple", operation.path),
                            H5Sclose);
  check(H5Sselect_hyperslab(file_space.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr),
        "H5Sselect_hyperslab", operation.path);
  check(H5Dwrite(target, H5T_NATIVE_DOUBLE, memory_space.get(), file_space.get(), H5P_DEFAULT, operation.values.data()),
        "H5Dwrite", operation.path);
  place_values(operation);
}

void Tree::apply_one(const schema::WriteTexts& operation) {
  if (keeps_texts_) {
    kept_texts_.push_back(operation);
    return;
  }
  const hid_t target = dataset(operation.path);
  if (!writes_values_) return;
  write_texts(target, operation.texts, operation.path);
  if (enter(operation.path)) check(H5Dflush(target), "H5Dflush", operation.path);
}

/// HDF5 gives a series' chunk its space when it writes it, in the next flush, where nobody knows any more what it does.
void Tree::place_values(const schema::WriteValues& operation) {
  const std::int64_t first = operation.start / schema::least_series_chunk;
  const std::int64_t last = (operation.start + operation.places() - 1) / schema::least_series_chunk;
  Open& open = datasets_.at(operation.path);
  if (first == last && open.values_placed == last) return;
  if (enter(operation.path)) check(H5Dflush(open.id.get()), "H5Dflush", operation.path);
  open.values_placed = last;
}

}  // namespace tessera::hdf5
