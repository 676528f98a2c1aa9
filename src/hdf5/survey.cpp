#include "hdf5/survey.hpp"

#include <algorithm>
#include <utility>

#include <tessera/error.hpp>

#include "hdf5/check.hpp"
#include "hdf5/dimension_scales.hpp"
#include "hdf5/element_type.hpp"
#include "hdf5/free_record.hpp"
#include "hdf5/heap_references.hpp"
#include "hdf5/library_lock.hpp"
#include "hdf5/links.hpp"
#include "hdf5/read_attribute.hpp"
#include "hdf5/read_axis.hpp"
#include "hdf5/read_box.hpp"
#include "hdf5/read_chunks.hpp"
#include "hdf5/read_contents.hpp"
#include "hdf5/stored_attribute.hpp"
#include "hdf5/virtual_parts.hpp"
#include "hdf5/work_through.hpp"
#include "schema/names.hpp"

namespace tessera::hdf5 {

namespace {

bool is_filled(hid_t list, const std::string& path) {
  H5D_fill_value_t kind = H5D_FILL_VALUE_UNDEFINED;
  H5D_fill_time_t time = H5D_FILL_TIME_NEVER;
  check(H5Pfill_value_defined(list, &kind), "H5Pfill_value_defined", path);
  check(H5Pget_fill_time(list, &time), "H5Pget_fill_time", path);
  return kind == H5D_FILL_VALUE_USER_DEFINED;
}

Handle open_object(hid_t file, const std::string& path) {
  return {check_id(H5Oopen(file, path.c_str(), H5P_DEFAULT), "H5Oopen", path), H5Oclose};
}

SurveyedDataset::Storage storage_of(hid_t list) {
  using enum SurveyedDataset::Storage;
  if (H5Pget_external_count(list) > 0) return elsewhere;
  switch (H5Pget_layout(list)) {
    case H5D_COMPACT: return in_header;
    case H5D_CONTIGUOUS: return contiguous;
    case H5D_CHUNKED: return chunked;
    case H5D_VIRTUAL: return in_parts;
    default: return elsewhere;
  }
}

struct OpenedDataset {
  Handle dataset, type, space;
};

OpenedDataset opened_dataset(hid_t file, const std::string& path) {
  Handle dataset(check_id(H5Dopen2(file, path.c_str(), H5P_DEFAULT), "H5Dopen2", path), H5Dclose);
  Handle type(check_id(H5Dget_type(dataset.get()), "H5Dget_type", path), H5Tclose);
  Handle space(check_id(H5Dget_space(dataset.get()), "H5Dget_space", path), H5Sclose);
  return {std::move(dataset), std::move(type), std::move(space)};
}

/// \param read gets memory for the elements of `space`; what HDF5 allocates for them is given back
void read_and_forget(hid_t type, hid_t space, FunctionRef<void(void* elements)> read, const std::string& path) {
  const hssize_t count = H5Sget_simple_extent_npoints(space);
  check(count < 0 ? -1 : 0, "H5Sget_simple_extent_npoints", path);
  std::vector<std::byte> elements(static_cast<std::size_t>(count) * H5Tget_size(type));
  if (elements.empty()) return;
  read(elements.data());
  give_back_elements(type, space, elements.data(), path);
}

}  // namespace

Survey::Survey(const std::string& path) {
  const LibraryLock lock;
  const Quiet quiet;
  constexpr int tries = 5;
  for (int left = tries; file_.get() < 0; --left) {
    driver_ = std::make_shared<InputDriver>(path);
    driver_->note_blocks();
    try {
      file_ = driver_->open();
    } catch (const Error&) {
      // Something may have been published just then.
      if (left <= 1 || driver_->is_current()) throw;
    }
  }
}

void Survey::attempt_to(const std::string& path, FunctionRef<void()> work) {
  try {
    work_through(*driver_, work);
  } catch (const Error& error) {
    errors_.push_back({path, error.what()});
  }
}

void Survey::work(FunctionRef<void()> action) const {
  const LibraryLock lock;
  const Quiet quiet;
  work_through(*driver_, action);
}

void Survey::read() {
  const LibraryLock lock;
  const Quiet quiet;
  std::vector<std::string> groups;
  attempt_to("/", [&] { read_object("/", groups); });
  while (!groups.empty()) {
    const std::string group = std::exchange(groups.back(), {});
    groups.pop_back();
    std::vector<Link> links;
    attempt_to(group, [&] { links = links_of(open_object(file_.get(), group).get(), group); });
    for (const Link& link : links) {
      if (!link.is_hard) continue;  // it leads to other files, or to what has a name of its own
      const std::string path = schema::join(group, link.name);
      attempt_to(path, [&] { read_object(path, groups); });
    }
  }
}

void Survey::read_object(const std::string& path, std::vector<std::string>& groups) {
  const Handle object = open_object(file_.get(), path);
  if (!seen_.insert(reference_to(object.get(), path)).second) return;
  const H5I_type_t kind = H5Iget_type(object.get());
  if (kind == H5I_GROUP) {
    groups.push_back(path);
    groups_.push_back({path, read_attributes(object.get(), path)});
  } else if (kind == H5I_DATASET) {
    SurveyedDataset& result = datasets_.emplace_back();
    result.path = path;
    // The index first, while HDF5 has nothing of it in memory.
    attempt_to(path, [&] { read_dataset(object.get(), result); });
    result.attributes = read_attributes(object.get(), path);
  }
}

Attributes Survey::read_attributes(hid_t object, const std::string& path) {
  Attributes attributes;
  attempt_to(path, [&] {
    each_attribute(object, path, [&](hid_t attribute, const std::string& name) {
      attempt_to(path + "@" + name, [&] {
        StoredAttribute(attribute, path + "@" + name);  // read it, whatever it is
        if (schema::is_reserved(name)) return;
        if (auto value = read_attribute(object, path, name)) attributes.push_back({name, std::move(*value)});
      });
    });
  });
  return attributes;
}

void Survey::read_dataset(hid_t dataset, SurveyedDataset& result) {
  const std::string& path = result.path;
  const Handle list(check_id(H5Dget_create_plist(dataset), "H5Dget_create_plist", path), H5Pclose);
  const Handle type(check_id(H5Dget_type(dataset), "H5Dget_type", path), H5Tclose);
  result.grid = ChunkGrid::of(dataset, path);
  result.storage = storage_of(list.get());
  result.filters = filters_in(list.get(), path);
  result.is_filled = is_filled(list.get(), path);
  result.element = element_type_of(type.get(), path);
  if (result.element) {
    result.is_big_endian = H5Tget_order(type.get()) == H5T_ORDER_BE;
    result.fill = fill_value(list.get(), *result.element, path);
  }
  result.is_scale = read_text(dataset, path, "CLASS") == "DIMENSION_SCALE";
  result.is_dimension_only = is_bare_dimension(dataset, path);
  result.has_variable_length = H5Tdetect_class(type.get(), H5T_VLEN) > 0 || H5Tis_variable_str(type.get()) > 0 ||
                               H5Tdetect_class(type.get(), H5T_REFERENCE) > 0;
  if (result.storage == SurveyedDataset::Storage::chunked) {
    unsigned options = 0;
    check(H5Pget_chunk_opts(list.get(), &options), "H5Pget_chunk_opts", path);
    result.has_partial_unfiltered = (options & H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS) != 0;
    result.index = read_chunk_index(*driver_, dataset, path);
    index_blocks_.insert(index_blocks_.end(), result.index.blocks.begin(), result.index.blocks.end());
  } else if (result.storage == SurveyedDataset::Storage::in_parts) {
    result.parts = virtual_parts(list.get(), path);
  } else if (result.storage == SurveyedDataset::Storage::contiguous) {
    const haddr_t address = H5Dget_offset(dataset);  // with what lies before the superblock
    if (address != HADDR_UNDEF) result.bytes = {address, H5Dget_storage_size(dataset)};
  }
}

const SurveyedDataset* Survey::dataset(const std::string& path) const noexcept {
  const auto found = std::ranges::find(datasets_, path, &SurveyedDataset::path);
  return found == datasets_.end() ? nullptr : &*found;
}

schema::Contents Survey::contents() const {
  const LibraryLock lock;
  const Quiet quiet;
  schema::Contents contents;
  work_through(*driver_, [&] { contents = read_contents(file_.get()); });
  return contents;
}

std::vector<FileRange> Survey::metadata() const {
  std::vector<FileRange> ranges = index_blocks_;
  for (const MetadataBlock& block : driver_->blocks()) ranges.push_back({block.address, block.size});
  std::ranges::sort(ranges, [](const FileRange& a, const FileRange& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.size > b.size;
  });
  const auto same = std::ranges::unique(ranges, {}, &FileRange::begin);
  ranges.erase(same.begin(), same.end());
  return ranges;
}

bool Survey::has_filters(const SurveyedDataset& dataset) {
  const LibraryLock lock;
  const Quiet quiet;
  return std::ranges::all_of(dataset.filters, [](const Filter& one) { return H5Zfilter_avail(one.number) > 0; });
}

void Survey::read_chunk(const SurveyedDataset& dataset, std::uint64_t number) const {
  const LibraryLock lock;
  const Quiet quiet;
  const std::string& path = dataset.path;
  const OpenedDataset opened = opened_dataset(file_.get(), path);
  // One element is enough: HDF5 reads whole chunks.
  const std::vector<std::uint64_t> counts = dataset.grid.counts();
  std::vector<hsize_t> start(counts.size());
  const std::vector<hsize_t> one(counts.size(), 1);
  for (std::size_t axis = counts.size(); axis-- > 0; number /= counts[axis]) {
    start[axis] = number % counts[axis] * dataset.grid.chunk[axis];
  }
  check(H5Sselect_hyperslab(opened.space.get(), H5S_SELECT_SET, start.data(), nullptr, one.data(), nullptr),
        "H5Sselect_hyperslab", path);
  const hsize_t single = 1;
  const Handle memory(check_id(H5Screate_simple(1, &single, nullptr), "H5Screate_simple", path), H5Sclose);
  const auto read = [&](void* element) {
    read_elements(opened.dataset.get(), opened.type.get(), memory.get(), opened.space.get(), element, path);
  };
  work_through(*driver_, [&] { read_and_forget(opened.type.get(), memory.get(), read, path); });
}

void Survey::require_part(const SurveyedDataset& dataset, const VirtualPart& part) const {
  const LibraryLock lock;
  const Quiet quiet;
  open_part(opened_dataset(file_.get(), dataset.path).dataset.get(), part, dataset.path);
}

std::vector<std::string> Survey::scale_paths(const SurveyedDataset& dataset) const {
  const LibraryLock lock;
  const Quiet quiet;
  const std::string& path = dataset.path;
  const Handle opened(check_id(H5Dopen2(file_.get(), path.c_str(), H5P_DEFAULT), "H5Dopen2", path), H5Dclose);
  std::vector<std::string> paths;
  for (unsigned axis = 0; axis < dataset.grid.extents.size(); ++axis) {
    paths.push_back(scale_path(opened.get(), axis, path));
  }
  return paths;
}

std::vector<std::byte> Survey::elements(const SurveyedDataset& dataset) const {
  const LibraryLock lock;
  const Quiet quiet;
  const std::string& path = dataset.path;
  if (!dataset.element) throw Error(ErrorCode::type_mismatch, path + " has elements that are no numbers");
  const Handle opened(check_id(H5Dopen2(file_.get(), path.c_str(), H5P_DEFAULT), "H5Dopen2", path), H5Dclose);
  std::uint64_t count = 1;
  for (const hsize_t extent : dataset.grid.extents) count *= extent;
  std::vector<std::byte> result(count * size_of(*dataset.element));
  if (result.empty()) return result;
  require_parts(opened.get(), {}, {}, path);
  work_through(*driver_, [&] {
    check(H5Dread(opened.get(), memory_type(*dataset.element).get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, result.data()),
          "H5Dread", path);
  });
  return result;
}

void Survey::read_box(const schema::StoredField& stored, std::int64_t step, const Box& box, DataType type,
                      void* target) const {
  const LibraryLock lock;
  const Quiet quiet;
  const std::string& path = stored.field.path;
  const Handle opened(check_id(H5Dopen2(file_.get(), path.c_str(), H5P_DEFAULT), "H5Dopen2", path), H5Dclose);
  work_through(*driver_, [&] { hdf5::read_box(opened.get(), stored.field, step, box, type, target); });
}

void Survey::read_all(const SurveyedDataset& dataset) const {
  const LibraryLock lock;
  const Quiet quiet;
  const std::string& path = dataset.path;
  const OpenedDataset opened = opened_dataset(file_.get(), path);
  const auto read = [&](void* elements) {
    read_elements(opened.dataset.get(), opened.type.get(), H5S_ALL, H5S_ALL, elements, path);
  };
  require_parts(opened.dataset.get(), {}, {}, path);
  work_through(*driver_, [&] { read_and_forget(opened.type.get(), opened.space.get(), read, path); });
}

std::vector<Extent> Survey::recorded_free() const {
  FreeRecord::Bytes bytes;
  file().read_padded(FreeRecord::offset, bytes);
  const auto record = FreeRecord::read(bytes, end());
  std::vector<Extent> free = record ? record->chunks : std::vector<Extent>();
  if (record && record->trees && record->trees->tree(driver_->root()) != nullptr) {
    const auto of_trees = record->trees->free_under(driver_->root());
    free.insert(free.end(), of_trees.begin(), of_trees.end());
  }
  return joined(std::move(free), 1);
}

}  // namespace tessera::hdf5
