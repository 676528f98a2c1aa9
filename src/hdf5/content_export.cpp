#include "hdf5/content_export.hpp"

#include <hdf5_hl.h>

#include <algorithm>
#include <map>

#include <tessera/error.hpp>

#include "hdf5/check.hpp"
#include "hdf5/creation_lists.hpp"
#include "hdf5/dimension_scales.hpp"
#include "hdf5/export_values.hpp"
#include "hdf5/library_lock.hpp"
#include "hdf5/stored_attribute.hpp"

namespace tessera::hdf5 {

namespace {

Handle open_object(hid_t file, const std::string& path) {
  return {check_id(H5Oopen(file, path.c_str(), H5P_DEFAULT), "H5Oopen", path), H5Oclose};
}

/// The creation properties of the copy. \param extents of the copy
Handle list_for(hid_t dataset, const std::vector<hsize_t>& extents, const ChunkGrid& grid, const ExportChange& change,
                const std::string& about) {
  Handle list(check_id(H5Dget_create_plist(dataset), "H5Dget_create_plist", about), H5Pclose);
  // Parallel HDF5 notes in its files that space comes at creation; here chunks get theirs when they are written.
  check(H5Pset_alloc_time(list.get(), H5D_ALLOC_TIME_DEFAULT), "H5Pset_alloc_time", about);
  if (!change.chunk.empty()) {
    std::vector<hsize_t> chunk = change.chunk;
    for (std::size_t axis = 0; axis < chunk.size(); ++axis) {
      if (grid.most[axis] != H5S_UNLIMITED) chunk[axis] = std::min(chunk[axis], std::max<hsize_t>(extents[axis], 1));
    }
    check(H5Pset_chunk(list.get(), static_cast<int>(chunk.size()), chunk.data()), "H5Pset_chunk", about);
  }
  if (!change.codec || (grid.chunk.empty() && change.chunk.empty())) return list;
  check(H5Premove_filter(list.get(), H5Z_FILTER_ALL), "H5Premove_filter", about);
  const std::size_t bytes = change.single_precision ? sizeof(float) : grid.element_bytes;
  for (const Filter& filter : filters_of(*change.codec, bytes)) {
    check(H5Pset_filter(list.get(), filter.number, H5Z_FLAG_OPTIONAL, filter.parameters.size(),
                        filter.parameters.data()),
          "H5Pset_filter", about);
  }
  return list;
}

}  // namespace

ContentExport::ContentExport(const Survey& source, const std::string& path) : source_(source) {
  const LibraryLock lock;
  const Quiet quiet;
  const Handle creation = file_creation_list();
  const Handle access = file_access_list();
  // The caller has the file, and perhaps a lock of it; nobody else knows its name.
  check(H5Pset_file_locking(access.get(), false, true), "H5Pset_file_locking", path);
  file_ = Handle(check_id(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.get(), access.get()), "H5Fcreate", path),
                 H5Fclose);
}

void ContentExport::add_group(const std::string& from, const std::string& to) {
  const LibraryLock lock;
  const Quiet quiet;
  const Handle source = open_object(source_.handle(), from);
  if (to != "/") {
    const Handle links = link_list(to);
    const Handle list = group_creation_list(to);
    const Handle made(check_id(H5Gcreate2(file_.get(), to.c_str(), links.get(), list.get(), H5P_DEFAULT), "H5Gcreate2",
                               to),
                      H5Gclose);
  }
  copy_attributes(source.get(), open_object(file_.get(), to).get(), from, false);
}

void ContentExport::add_dataset(const std::string& from, const std::string& to, const ExportChange& change) {
  const LibraryLock lock;
  const Quiet quiet;
  const SurveyedDataset* dataset = source_.dataset(from);
  if (dataset == nullptr || dataset->storage == SurveyedDataset::Storage::elsewhere) {
    throw Error(ErrorCode::hdf5, from + " has values in other files, and cannot be copied");
  }
  const Handle source = open_object(source_.handle(), from);
  std::vector<hsize_t> extents = dataset->grid.extents;
  const std::uint64_t begin = change.steps ? change.steps->first : 0;
  if (change.steps)
    extents.at(0) = std::min<hsize_t>(change.steps->second, extents[0]) - std::min<hsize_t>(begin, extents[0]);
  std::vector<hsize_t> most = dataset->grid.most;
  if (change.steps && most[0] != H5S_UNLIMITED) most[0] = extents[0];
  const Handle list = list_for(source.get(), extents, dataset->grid, change, from);
  const Handle type = change.single_precision
                          ? Handle(check_id(H5Tcopy(H5T_IEEE_F32LE), "H5Tcopy", from), H5Tclose)
                          : Handle(check_id(H5Dget_type(source.get()), "H5Dget_type", from), H5Tclose);
  const Handle space(extents.empty()
                         ? check_id(H5Screate(H5S_SCALAR), "H5Screate", from)
                         : check_id(H5Screate_simple(static_cast<int>(extents.size()), extents.data(), most.data()),
                                    "H5Screate_simple", from),
                     H5Sclose);
  const Handle links = link_list(to);
  const Handle made(check_id(H5Dcreate2(file_.get(), to.c_str(), type.get(), space.get(), links.get(), list.get(),
                                        H5P_DEFAULT),
                             "H5Dcreate2", from),
                    H5Dclose);
  copy_attributes(source.get(), made.get(), from, change.single_precision);
  datasets_.push_back({from, to});
  const bool is_chunked = dataset->storage == SurveyedDataset::Storage::chunked;
  const bool is_written = is_chunked ? !dataset->index.chunks.empty() : H5Dget_storage_size(source.get()) > 0;
  if (!is_written) return;
  // A chunk that reaches beyond the end has what was there, which nobody shall see when the dataset grows.
  const hsize_t along = is_chunked ? dataset->grid.chunk[0] : 1;
  const bool is_cut = begin % along != 0 || (change.steps && change.steps->second < dataset->grid.extents[0] &&
                                             change.steps->second % along != 0);
  if (is_chunked && !change.changes_chunks() && !is_cut && !dataset->has_variable_length) {
    copy_stored_chunks(source_, *dataset, made.get(), begin);
  } else {
    copy_values(source.get(), made.get(), begin, from);
  }
}

void ContentExport::copy_attributes(hid_t from, hid_t to, const std::string& path, bool single_precision) {
  each_attribute(from, path, [&](hid_t attribute, const std::string& name) {
    if (name == reference_list || name == dimension_list || H5Aexists(to, name.c_str()) > 0) return;
    const std::string about = path + "@" + name;
    const StoredAttribute values(attribute, about);
    if (H5Tdetect_class(values.type(), H5T_REFERENCE) > 0) return;  // of the old file
    const bool is_fill = single_precision && name == "_FillValue";
    const Handle list(check_id(H5Aget_create_plist(attribute), "H5Aget_create_plist", about), H5Pclose);
    const Handle copy(check_id(H5Acreate2(to, name.c_str(), is_fill ? H5T_IEEE_F32LE : values.type(), values.space(),
                                          list.get(), H5P_DEFAULT),
                               "H5Acreate2", about),
                      H5Aclose);
    if (!values.bytes().empty()) check(H5Awrite(copy.get(), values.type(), values.bytes().data()), "H5Awrite", about);
  });
}

void ContentExport::attach_scales(const Made& made) {
  const SurveyedDataset& dataset = *source_.dataset(made.from);
  if (dataset.is_scale || dataset.grid.extents.empty()) return;
  const Handle target = open_object(file_.get(), made.to);
  std::vector<std::string> scales;
  for (const std::string& path : source_.scale_paths(dataset)) {
    const auto found = std::ranges::find(datasets_, path, &Made::from);
    scales.push_back(found == datasets_.end() ? "" : found->to);
  }
  if (std::ranges::find(scales, "") == scales.end()) {
    std::vector<hobj_ref_t> references;
    for (const std::string& scale : scales) references.push_back(reference_to(file_.get(), scale, scale));
    write_dimension_list(target.get(), made.to, references);
    for (std::size_t axis = 0; axis < scales.size(); ++axis) {
      uses_.push_back({scales[axis], {reference_to(target.get(), made.to), static_cast<int>(axis)}});
    }
    return;
  }
  for (std::size_t axis = 0; axis < scales.size(); ++axis) {
    if (scales[axis].empty()) continue;
    const Handle scale = open_object(file_.get(), scales[axis]);
    check(H5DSattach_scale(target.get(), scale.get(), static_cast<unsigned>(axis)), "H5DSattach_scale", made.to);
  }
}

void ContentExport::add_uses() {
  std::map<std::string, std::vector<ScaleUse>> by_scale;
  for (const auto& [scale, use] : uses_) by_scale[scale].push_back(use);
  for (const auto& [scale, uses] : by_scale) {
    extend_reference_list(open_object(file_.get(), scale).get(), scale, uses);
  }
}

void ContentExport::finish() {
  const LibraryLock lock;
  const Quiet quiet;
  for (const Made& made : datasets_) attach_scales(made);
  add_uses();
  check(H5Fclose(file_.release()), "H5Fclose", "the new file");
}

}  // namespace tessera::hdf5
