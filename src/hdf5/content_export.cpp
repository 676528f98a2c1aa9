#include "hdf5/content_export.hpp"

#include <hdf5_hl.h>

#include <algorithm>
#include <array>
#include <map>

#include <tessera/error.hpp>

#include "hdf5/check.hpp"
#include "hdf5/content_copy.hpp"
#include "hdf5/creation_lists.hpp"
#include "hdf5/dimension_scales.hpp"
#include "hdf5/export_values.hpp"
#include "hdf5/library_lock.hpp"
#include "hdf5/replay.hpp"
#include "hdf5/stored_attribute.hpp"

namespace tessera::hdf5 {

namespace {

Handle open_object(hid_t file, const std::string& path) {
  return {check_id(H5Oopen(file, path.c_str(), H5P_DEFAULT), "H5Oopen", path), H5Oclose};
}

/// The creation properties of the copy. \param grid of the copy
Handle list_for(hid_t dataset, const ChunkGrid& grid, const ExportChange& change, const std::string& about) {
  Handle list(check_id(H5Dget_create_plist(dataset), "H5Dget_create_plist", about), H5Pclose);
  // Parallel HDF5 notes in its files that space comes at creation; here chunks get theirs when they are written.
  check(H5Pset_alloc_time(list.get(), H5D_ALLOC_TIME_DEFAULT), "H5Pset_alloc_time", about);
  if (!change.chunk.empty()) {
    check(H5Pset_chunk(list.get(), static_cast<int>(grid.chunk.size()), grid.chunk.data()), "H5Pset_chunk", about);
  }
  if (!change.codec || grid.chunk.empty()) return list;
  check(H5Premove_filter(list.get(), H5Z_FILTER_ALL), "H5Premove_filter", about);
  for (const Filter& filter : filters_of(*change.codec, grid.element_bytes)) {
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
  own_ = Handle(check_id(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.get(), access.get()), "H5Fcreate", path),
                H5Fclose);
  file_ = own_.get();
}

ContentExport::ContentExport(const Survey& source, Member& target)
    : source_(source), file_(target.tree.file()), tree_(&target) {}

void ContentExport::add_group(const std::string& from, const std::string& to) {
  const LibraryLock lock;
  const Quiet quiet;
  const Handle source = open_object(source_.handle(), from);
  if (to != "/") {
    const Handle links = link_list(to);
    const Handle list = group_creation_list(to);
    const Handle made(check_id(H5Gcreate2(file_, to.c_str(), links.get(), list.get(), H5P_DEFAULT), "H5Gcreate2", to),
                      H5Gclose);
  }
  copy_attributes(source.get(), open_object(file_, to).get(), from, false);
}

void ContentExport::add_dataset(const std::string& from, const std::string& to, const ExportChange& change,
                                const std::vector<PlacedChunk>* placed) {
  const LibraryLock lock;
  const Quiet quiet;
  const SurveyedDataset* dataset = source_.dataset(from);
  if (dataset == nullptr || dataset->storage == SurveyedDataset::Storage::elsewhere) {
    throw Error(ErrorCode::hdf5, from + " has values in other files, and cannot be copied");
  }
  const Handle source = open_object(source_.handle(), from);
  const ChunkGrid grid = changed_grid(*dataset, change);
  const Handle list = list_for(source.get(), grid, change, from);
  const Handle type = change.single_precision
                          ? Handle(check_id(H5Tcopy(H5T_IEEE_F32LE), "H5Tcopy", from), H5Tclose)
                          : Handle(check_id(H5Dget_type(source.get()), "H5Dget_type", from), H5Tclose);
  const Handle space(grid.extents.empty() ? check_id(H5Screate(H5S_SCALAR), "H5Screate", from)
                                          : check_id(H5Screate_simple(static_cast<int>(grid.extents.size()),
                                                                      grid.extents.data(), grid.most.data()),
                                                     "H5Screate_simple", from),
                     H5Sclose);
  const Handle links = link_list(to);
  const Handle made(check_id(H5Dcreate2(file_, to.c_str(), type.get(), space.get(), links.get(), list.get(),
                                        H5P_DEFAULT),
                             "H5Dcreate2", from),
                    H5Dclose);
  copy_attributes(source.get(), made.get(), from, change.single_precision);
  datasets_.push_back({from, to});
  if (placed != nullptr) {
    add_placed(to, made.get(), *placed);
  } else {
    copy_content(*dataset, source.get(), made.get(), change);
  }
}

void ContentExport::copy_content(const SurveyedDataset& dataset, hid_t source, hid_t target,
                                 const ExportChange& change) {
  const bool is_chunked = dataset.storage == SurveyedDataset::Storage::chunked;
  const bool is_written = is_chunked ? !dataset.index.chunks.empty() : H5Dget_storage_size(source) > 0;
  if (!is_written) return;
  if (keeps_stored_chunks(dataset, change)) {
    copy_stored_chunks(source_, dataset, target, change.begin());
  } else {
    copy_values(source, target, change.begin(), dataset.path, [this](std::uint64_t bytes) { emit_often(bytes >> 12); });
  }
}

void ContentExport::add_placed(const std::string& path, hid_t target, const std::vector<PlacedChunk>& chunks) {
  const ChunkGrid grid = ChunkGrid::of(target, path);
  const std::vector<std::uint64_t> counts = grid.counts();
  for (const PlacedChunk& chunk : chunks) {
    std::array<hsize_t, H5S_MAX_RANK> offset{};
    std::uint64_t rest = chunk.index;
    for (std::size_t axis = counts.size(); axis-- > 0; rest /= counts[axis]) {
      offset[axis] = rest % counts[axis] * grid.chunk[axis];
    }
    register_chunk(*tree_, target, offset, chunk, path);
    emit_often(1);
  }
}

/// What HDF5 writes the driver keeps in memory. \param blocks more of it
void ContentExport::emit_often(std::uint64_t blocks) {
  constexpr std::uint64_t most = 8192;
  blocks_ += blocks;
  if (tree_ == nullptr || blocks_ < most) return;
  flush(*tree_);
  blocks_ = 0;
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
  const Handle target = open_object(file_, made.to);
  std::vector<std::string> scales;
  for (const std::string& path : source_.scale_paths(dataset)) {
    const auto found = std::ranges::find(datasets_, path, &Made::from);
    scales.push_back(found == datasets_.end() ? "" : found->to);
  }
  if (std::ranges::find(scales, "") == scales.end()) {
    std::vector<hobj_ref_t> references;
    for (const std::string& scale : scales) references.push_back(reference_to(file_, scale, scale));
    write_dimension_list(target.get(), made.to, references);
    for (std::size_t axis = 0; axis < scales.size(); ++axis) {
      uses_.push_back({scales[axis], {reference_to(target.get(), made.to), static_cast<int>(axis)}});
    }
    return;
  }
  for (std::size_t axis = 0; axis < scales.size(); ++axis) {
    if (scales[axis].empty()) continue;
    const Handle scale = open_object(file_, scales[axis]);
    check(H5DSattach_scale(target.get(), scale.get(), static_cast<unsigned>(axis)), "H5DSattach_scale", made.to);
  }
}

void ContentExport::add_uses() {
  std::map<std::string, std::vector<ScaleUse>> by_scale;
  for (const auto& [scale, use] : uses_) by_scale[scale].push_back(use);
  for (const auto& [scale, uses] : by_scale) {
    extend_reference_list(open_object(file_, scale).get(), scale, uses);
  }
}

void ContentExport::finish() {
  const LibraryLock lock;
  const Quiet quiet;
  for (const Made& made : datasets_) attach_scales(made);
  add_uses();
  if (tree_ != nullptr) {
    flush(*tree_);
  } else {
    check(H5Fclose(own_.release()), "H5Fclose", "the new file");
  }
}

}  // namespace tessera::hdf5
