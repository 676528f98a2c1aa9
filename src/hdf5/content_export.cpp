#include "hdf5/content_export.hpp"

#include <algorithm>
#include <array>

#include <tessera/error.hpp>

#include "hdf5/check.hpp"
#include "hdf5/content_copy.hpp"
#include "hdf5/copy_attributes.hpp"
#include "hdf5/creation_lists.hpp"
#include "hdf5/dimension_scales.hpp"
#include "hdf5/export_values.hpp"
#include "hdf5/library_lock.hpp"
#include "hdf5/replay.hpp"
#include "hdf5/virtual_parts.hpp"

namespace tessera::hdf5 {

namespace {

Handle open_object(hid_t file, const std::string& path) {
  return {check_id(H5Oopen(file, path.c_str(), H5P_DEFAULT), "H5Oopen", path), H5Oclose};
}

/// A virtual dataset with the chunks that its values have where they lie, those of the first part.
SurveyedDataset with_chunks(const SurveyedDataset& dataset, hid_t opened) {
  SurveyedDataset result = dataset;
  if (dataset.parts.empty()) return result;
  const OpenedPart part = open_part(opened, dataset.parts.front(), dataset.path);
  result.grid.chunk = ChunkGrid::of(part.dataset.get(), dataset.path).chunk;
  return result;
}

/// As the dataset's own, or as that of its first part where it is virtual.
Handle stored_list(const SurveyedDataset& dataset, hid_t opened) {
  const std::string& about = dataset.path;
  if (dataset.parts.empty()) return {check_id(H5Dget_create_plist(opened), "H5Dget_create_plist", about), H5Pclose};
  const OpenedPart part = open_part(opened, dataset.parts.front(), about);
  return {check_id(H5Dget_create_plist(part.dataset.get()), "H5Dget_create_plist", about), H5Pclose};
}

/// The creation properties of the copy. \param grid of the copy
Handle list_for(const SurveyedDataset& dataset, hid_t opened, const ChunkGrid& grid, const ExportChange& change) {
  const std::string& about = dataset.path;
  Handle list = stored_list(dataset, opened);
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
  copy_plain_attributes(source.get(), open_object(file_, to).get(), from);
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
  const ChunkGrid grid = changed_grid(with_chunks(*dataset, source.get()), change);
  const Handle list = list_for(*dataset, source.get(), grid, change);
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
  copy_plain_attributes(source.get(), made.get(), from, {.single_precision = change.single_precision});
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
  const bool is_virtual = dataset.storage == SurveyedDataset::Storage::in_parts;
  const bool is_written = is_chunked ? !dataset.index.chunks.empty() : H5Dget_storage_size(source) > 0;
  if (!is_written && !is_virtual) return;
  if (is_virtual) require_parts(source, {}, {}, dataset.path);
  if (change.shift != 0) {
    copy_shifted(source, target, change.begin(), change.shift, dataset.path);
  } else if (keeps_stored_chunks(dataset, change)) {
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

/// Scales of the copy's axes; empty where there is none. Scales have none themselves.
std::vector<std::string> ContentExport::scales_of(const Made& made) const {
  const SurveyedDataset& dataset = *source_.dataset(made.from);
  std::vector<std::string> scales;
  if (dataset.is_scale) return scales;
  for (const std::string& path : source_.scale_paths(dataset)) {
    const auto found = std::ranges::find(datasets_, path, &Made::from);
    scales.push_back(found == datasets_.end() ? "" : found->to);
  }
  return scales;
}

void ContentExport::finish() {
  const LibraryLock lock;
  const Quiet quiet;
  std::vector<ScaledDataset> scaled;
  for (const Made& made : datasets_) scaled.push_back({made.to, scales_of(made)});
  attach_scales(file_, scaled);
  if (tree_ != nullptr) {
    flush(*tree_);
  } else {
    check(H5Fclose(own_.release()), "H5Fclose", "the new file");
  }
}

}  // namespace tessera::hdf5
