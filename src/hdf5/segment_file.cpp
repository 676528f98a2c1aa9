#include "hdf5/segment_file.hpp"

#include <utility>

#include <tessera/error.hpp>

#include "hdf5/check.hpp"
#include "hdf5/find_chunk.hpp"
#include "hdf5/library_lock.hpp"
#include "hdf5/read_axis.hpp"
#include "hdf5/read_chunks.hpp"
#include "hdf5/work_through.hpp"

namespace tessera::hdf5 {

SegmentFile::SegmentFile(const std::string& path) {
  const LibraryLock lock;
  const Quiet quiet;
  driver_ = std::make_shared<InputDriver>(path);
  work([&] { file_ = driver_->open(); });
}

/// Where HDF5 has closed the file the numbers of its identifiers may be those of others by now.
SegmentFile::~SegmentFile() {
  if (!driver_->is_open()) {
    dataset_.release();
    file_.release();
    return;
  }
  const LibraryLock lock;
  const Quiet quiet;
  dataset_ = Handle();
  file_ = Handle();
}

template <class Action>
void SegmentFile::work(Action&& action) {
  in_doubt_ = true;
  work_through(*driver_, std::forward<Action>(action));
  in_doubt_ = false;
}

bool SegmentFile::is_sound() const {
  if (in_doubt_ || !driver_->is_open()) return false;
  const LibraryLock lock;
  return H5Iis_valid(file_.get()) > 0 && is_current();
}

hid_t SegmentFile::dataset(const std::string& path) {
  if (dataset_.get() < 0 || path_of_dataset_ != path) {
    dataset_ = Handle(check_id(H5Dopen2(file_.get(), path.c_str(), H5P_DEFAULT), "H5Dopen2", path), H5Dclose);
    path_of_dataset_ = path;
  }
  return dataset_.get();
}

FieldParts SegmentFile::parts(const schema::Field& field) {
  const LibraryLock lock;
  const Quiet quiet;
  FieldParts found;
  work([&] { found = field_parts(dataset(field.path), field); });
  return found;
}

schema::StoredField SegmentFile::source(const schema::Field& field, const std::string& path) {
  const LibraryLock lock;
  const Quiet quiet;
  schema::StoredField stored;
  work([&] {
    const Index extents = extents_of(dataset(path), path);
    const std::size_t begin = field.time_dependent ? 1 : 0;
    const std::size_t end = begin + field.axes.size();
    if (extents.size() != end + field.component_extents().size()) {
      throw Error(ErrorCode::hdf5, path + " has " + std::to_string(extents.size()) + " axes, which it had not");
    }
    schema::Field& own = stored.field;
    own.name = field.name;
    own.run = field.run;
    own.path = path;
    own.given = own.stored = field.stored;
    own.components = field.components;
    own.tensor_axes = field.tensor_axes;
    own.time_dependent = field.time_dependent;
    if (begin == 1) stored.steps = extents[0];
    for (std::size_t axis = begin; axis < end; ++axis) {
      schema::Axis& one = own.axes.emplace_back();
      one.name = field.axes[axis - begin].name;
      one.length = extents[axis];
    }
    read_storage(dataset(path), path, begin, end, stored);
  });
  return stored;
}

std::optional<PlacedChunk> SegmentFile::find(const schema::StoredField& stored, std::int64_t step, const Index& first) {
  const LibraryLock lock;
  const Quiet quiet;
  std::optional<PlacedChunk> found;
  work([&] { found = find_field_chunk(*driver_, dataset(stored.field.path), stored, step, first); });
  return found;
}

}  // namespace tessera::hdf5
