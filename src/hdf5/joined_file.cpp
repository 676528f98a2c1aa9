#include "hdf5/joined_file.hpp"

#include <algorithm>

#include "hdf5/attribute.hpp"
#include "hdf5/check.hpp"
#include "hdf5/copy_attributes.hpp"
#include "hdf5/creation_lists.hpp"
#include "hdf5/element_type.hpp"
#include "hdf5/heap_references.hpp"
#include "hdf5/library_lock.hpp"
#include "hdf5/read_attribute.hpp"
#include "hdf5/texts.hpp"
#include "hdf5/virtual_parts.hpp"

namespace tessera::hdf5 {

namespace {

constexpr const char* dimension_number = "_Netcdf4Dimid";

Handle open_object(hid_t file, const std::string& path) {
  return {check_id(H5Oopen(file, path.c_str(), H5P_DEFAULT), "H5Oopen", path), H5Oclose};
}

Handle space_of(const std::vector<hsize_t>& extents, const hsize_t* most, const std::string& about) {
  if (extents.empty()) return {check_id(H5Screate(H5S_SCALAR), "H5Screate", about), H5Sclose};
  return {check_id(H5Screate_simple(static_cast<int>(extents.size()), extents.data(), most), "H5Screate_simple", about),
          H5Sclose};
}

void select(hid_t space, const std::vector<hsize_t>& begin, const std::vector<hsize_t>& count,
            const std::string& about) {
  if (count.empty()) return;
  check(H5Sselect_hyperslab(space, H5S_SELECT_SET, begin.data(), nullptr, count.data(), nullptr), "H5Sselect_hyperslab",
        about);
}

std::vector<hsize_t> source_of(const SegmentPart& part) {
  return part.source.empty() ? std::vector<hsize_t>(part.count.size(), 0) : part.source;
}

/// As that of the dataset that it is like.
Handle copied_list(hid_t like, const std::string& about) {
  Handle list(check_id(H5Dget_create_plist(like), "H5Dget_create_plist", about), H5Pclose);
  check(H5Pset_alloc_time(list.get(), H5D_ALLOC_TIME_DEFAULT), "H5Pset_alloc_time", about);
  return list;
}

/// With the values of all parts where they are, and what reads where there is none.
Handle virtual_list(const JoinedDataset& dataset, const std::vector<Segment>& segments, hid_t like) {
  const std::string& about = dataset.path;
  schema::CreateDataset usual;
  usual.path = dataset.path;
  Handle list = dataset_creation_list(usual);
  const Handle of_like(check_id(H5Dget_create_plist(like), "H5Dget_create_plist", about), H5Pclose);
  const Handle type(check_id(H5Dget_type(like), "H5Dget_type", about), H5Tclose);
  H5D_fill_value_t kind = H5D_FILL_VALUE_UNDEFINED;
  check(H5Pfill_value_defined(of_like.get(), &kind), "H5Pfill_value_defined", about);
  if (kind == H5D_FILL_VALUE_USER_DEFINED) {
    std::vector<std::byte> fill(H5Tget_size(type.get()));
    check(H5Pget_fill_value(of_like.get(), type.get(), fill.data()), "H5Pget_fill_value", about);
    check(H5Pset_fill_value(list.get(), type.get(), fill.data()), "H5Pset_fill_value", about);
  }
  const std::string path = as_pattern(dataset.path);
  const Handle own = space_of(dataset.extents, nullptr, about);
  for (const SegmentPart& part : dataset.parts) {
    const auto& extents = segments[part.segment].survey->dataset(dataset.path)->grid.extents;
    const Handle source = space_of(extents, nullptr, about);
    select(own.get(), part.begin, part.count, about);
    select(source.get(), source_of(part), part.count, about);
    check(H5Pset_virtual(list.get(), own.get(), as_pattern(segments[part.segment].name).c_str(), path.c_str(),
                         source.get()),
          "H5Pset_virtual", about);
  }
  return list;
}

void write_part(hid_t source, hid_t target, const SegmentPart& part, const std::string& about) {
  const Handle type(check_id(H5Dget_type(source), "H5Dget_type", about), H5Tclose);
  const Handle memory = space_of(part.count, nullptr, about);
  const Handle from(check_id(H5Dget_space(source), "H5Dget_space", about), H5Sclose);
  const Handle to(check_id(H5Dget_space(target), "H5Dget_space", about), H5Sclose);
  select(from.get(), source_of(part), part.count, about);
  select(to.get(), part.begin, part.count, about);
  std::vector<std::byte> values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(memory.get())) *
                                H5Tget_size(type.get()));
  if (values.empty()) return;
  read_elements(source, type.get(), memory.get(), from.get(), values.data(), about);
  check(H5Dwrite(target, type.get(), memory.get(), to.get(), H5P_DEFAULT, values.data()), "H5Dwrite", about);
  give_back_elements(type.get(), memory.get(), values.data(), about);
}

std::vector<std::byte> read_part(const Survey& survey, const std::string& path, const SegmentPart& part) {
  std::vector<std::byte> values;
  survey.work([&] {
    const Handle dataset = open_object(survey.handle(), path);
    const Handle type(check_id(H5Dget_type(dataset.get()), "H5Dget_type", path), H5Tclose);
    const Handle memory = space_of(part.count, nullptr, path);
    const Handle space(check_id(H5Dget_space(dataset.get()), "H5Dget_space", path), H5Sclose);
    select(space.get(), part.begin, part.count, path);
    values.resize(static_cast<std::size_t>(H5Sget_simple_extent_npoints(memory.get())) * H5Tget_size(type.get()));
    if (values.empty()) return;
    read_elements(dataset.get(), type.get(), memory.get(), space.get(), values.data(), path);
  });
  return values;
}

}  // namespace

JoinedFile::JoinedFile(const std::vector<Segment>& segments, const std::string& path) : segments_(segments) {
  const LibraryLock lock;
  const Quiet quiet;
  const Handle creation = file_creation_list();
  const Handle access = file_access_list();
  // The caller has the file, and perhaps a lock of it; nobody else knows its name.
  check(H5Pset_file_locking(access.get(), false, true), "H5Pset_file_locking", path);
  file_ = Handle(check_id(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.get(), access.get()), "H5Fcreate", path),
                 H5Fclose);
}

void JoinedFile::add_group(std::size_t segment, const std::string& path) {
  const LibraryLock lock;
  const Quiet quiet;
  if (path != "/") {
    const Handle links = link_list(path);
    const Handle list = group_creation_list(path);
    const Handle made(check_id(H5Gcreate2(file_.get(), path.c_str(), links.get(), list.get(), H5P_DEFAULT),
                               "H5Gcreate2", path),
                      H5Gclose);
  }
  const Handle source = open_object(segments_[segment].survey->handle(), path);
  copy_plain_attributes(source.get(), open_object(file_.get(), path).get(), path);
}

void JoinedFile::add_dataset(const JoinedDataset& dataset) {
  const LibraryLock lock;
  const Quiet quiet;
  const Handle like = open_object(segments_[dataset.like].survey->handle(), dataset.path);
  create(dataset, like.get(),
         (dataset.is_virtual ? virtual_list(dataset, segments_, like.get()) : copied_list(like.get(), dataset.path))
             .get());
  if (!dataset.is_virtual) copy_parts(dataset);
  if (dataset.values) write_values(dataset);
  scaled_.push_back({dataset.path, dataset.scales});
}

void JoinedFile::create(const JoinedDataset& dataset, hid_t like, hid_t list) {
  const std::string& about = dataset.path;
  const Handle type(check_id(H5Dget_type(like), "H5Dget_type", about), H5Tclose);
  std::vector<hsize_t> most = ChunkGrid::of(like, about).most;
  for (std::size_t axis = 0; axis < most.size(); ++axis) {
    if (most[axis] != H5S_UNLIMITED) most[axis] = dataset.extents[axis];
  }
  const Handle space = space_of(dataset.extents, most.data(), about);
  const Handle links = link_list(about);
  const Handle made(check_id(H5Dcreate2(file_.get(), about.c_str(), type.get(), space.get(), links.get(), list,
                                        H5P_DEFAULT),
                             "H5Dcreate2", about),
                    H5Dclose);
  copy_plain_attributes(like, made.get(), about, {.without = {dimension_number}});
  if (H5Aexists(like, dimension_number) <= 0) return;
  const auto number = read_attribute(like, about, dimension_number);
  const auto* old = number ? std::get_if<std::int32_t>(&number->storage()) : nullptr;
  dimensions_.emplace_back(old != nullptr ? *old : 0, dataset.like, about);
}

void JoinedFile::copy_parts(const JoinedDataset& dataset) {
  const Handle target = open_object(file_.get(), dataset.path);
  for (const SegmentPart& part : dataset.parts) {
    const Survey& survey = *segments_[part.segment].survey;
    survey.work([&] {
      const Handle source = open_object(survey.handle(), dataset.path);
      // Where nobody wrote it, it is a dimension without coordinates.
      if (H5Dget_storage_size(source.get()) > 0) write_part(source.get(), target.get(), part, dataset.path);
    });
  }
}

void JoinedFile::write_values(const JoinedDataset& dataset) {
  const Handle target = open_object(file_.get(), dataset.path);
  if (dataset.values->empty()) return;
  check(H5Dwrite(target.get(), H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, dataset.values->data()), "H5Dwrite",
        dataset.path);
}

/// Numbers of several files are not unique in one; netCDF's order of dimensions stays.
void JoinedFile::number_dimensions() {
  std::ranges::sort(dimensions_);
  for (std::int32_t number = 0; const auto& [old, segment, path] : dimensions_) {
    write_attribute(open_object(file_.get(), path).get(), path, dimension_number, number++, schema::TextForm::variable);
  }
}

void JoinedFile::finish(const std::vector<std::string>& names) {
  const LibraryLock lock;
  const Quiet quiet;
  write_attribute(open_object(file_.get(), "/").get(), "/", "segments", names, schema::TextForm::variable);
  number_dimensions();
  attach_scales(file_.get(), scaled_);
  check(H5Fclose(file_.release()), "H5Fclose", "the new file");
}

namespace {

std::vector<std::string> texts_of(const Survey& survey, const std::string& path) {
  std::vector<std::string> texts;
  survey.work([&] { texts = read_texts(open_object(survey.handle(), path).get(), path); });
  return texts;
}

}  // namespace

std::optional<std::size_t> first_with_other_values(const std::vector<const Survey*>& files, const std::string& path,
                                                   const std::vector<hsize_t>& count) {
  const SurveyedDataset& dataset = *files.front()->dataset(path);
  const auto first_other = [&](const auto& read) -> std::optional<std::size_t> {
    const auto expected = read(*files.front());
    for (std::size_t number = 1; number < files.size(); ++number) {
      if (read(*files[number]) != expected) return number;
    }
    return std::nullopt;
  };
  if (dataset.has_variable_length) return first_other([&](const Survey& one) { return texts_of(one, path); });
  constexpr std::uint64_t max_bytes = std::uint64_t{16} << 20;
  std::uint64_t row = dataset.grid.element_bytes;
  for (std::size_t axis = 1; axis < count.size(); ++axis) row *= count[axis];
  const hsize_t rows = count.empty() ? 1 : count[0];
  const hsize_t step = std::max<hsize_t>(1, max_bytes / std::max<std::uint64_t>(row, 1));
  SegmentPart part{0, std::vector<hsize_t>(count.size(), 0), count};
  for (hsize_t at = 0; at < rows; at += step) {
    if (!count.empty()) {
      part.begin[0] = at;
      part.count[0] = std::min(step, rows - at);
    }
    const auto other = first_other([&](const Survey& one) { return read_part(one, path, part); });
    if (other) return other;
  }
  return std::nullopt;
}

}  // namespace tessera::hdf5
