#include "hdf5/input_file.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "hdf5/check.hpp"
#include "hdf5/element_type.hpp"
#include "hdf5/find_chunk.hpp"
#include "hdf5/library_lock.hpp"
#include "hdf5/read_box.hpp"
#include "hdf5/read_contents.hpp"
#include "hdf5/read_statistics.hpp"
#include "hdf5/virtual_parts.hpp"
#include "hdf5/work_through.hpp"

namespace tessera::hdf5 {

namespace {

void require_readable(const std::string& path) {
  if (::access(path.c_str(), R_OK) != 0) {
    throw Error(ErrorCode::storage, "opening " + in_quotes(path) + " for reading failed: " + std::strerror(errno));
  }
}

}  // namespace

InputFile::InputFile(std::string path) : path_(std::move(path)) {
  const LibraryLock lock;
  const Quiet quiet;
  require_readable(path_);
  constexpr int tries = 5;
  for (int left = tries; file_.get() < 0; --left) {
    driver_ = std::make_shared<InputDriver>(path_);
    try {
      file_ = driver_->open();
    } catch (const Error& error) {
      // Something may have been published just then.
      if (left > 1 && !driver_->is_current()) continue;
      if (const auto cause = driver_->take_failure())
        throw Error(cause->code(), "opening " + in_quotes(path_) + " for reading failed: " + cause->what());
      throw Error(error.code(), "opening " + in_quotes(path_) + " for reading failed: " + error.what() +
                                    "; is it a complete HDF5 file (h5dump -H shows)?");
    }
  }
}

schema::Contents InputFile::contents(const std::function<bool(const std::string& path)>& is_wanted) {
  const LibraryLock lock;
  const Quiet quiet;
  schema::Contents contents;
  work([&] { contents = read_contents(file_.get(), Purpose::reading, is_wanted); });
  return contents;
}

InputFile::~InputFile() {
  std::optional<LibraryLock> lock;
  std::optional<Quiet> quiet;
  if (driver_->is_open()) {  // else no call of HDF5 is needed, and MPI may have ended
    lock.emplace();
    quiet.emplace();
  }
  close();
}

/// Where HDF5 has closed the file the numbers of its identifiers may be those of others by now.
void InputFile::close() noexcept {
  if (!driver_->is_open()) {
    for (auto& [path, dataset] : datasets_) dataset.release();
    file_.release();
  }
  datasets_.clear();
  file_ = Handle();
}

/// After a read that failed, and where other parts of the program have closed it, the file is opened anew.
void InputFile::make_sound() {
  if (!in_doubt_ && driver_->is_open() && H5Iis_valid(file_.get()) > 0) return;
  close();
  file_ = driver_->open();
  in_doubt_ = false;
}

template <class Action>
void InputFile::work(Action&& action) {
  make_sound();
  work_through(*driver_, [&] {
    in_doubt_ = true;
    action();
  });
  in_doubt_ = false;
}

hid_t InputFile::dataset(const schema::Field& field) {
  Handle& opened = datasets_[field.path];
  if (opened.get() >= 0 && H5Iis_valid(opened.get()) <= 0) opened.release();
  if (opened.get() < 0) {
    opened = Handle(check_id(H5Dopen2(file_.get(), field.path.c_str(), H5P_DEFAULT), "H5Dopen2", field.path), H5Dclose);
  }
  return opened.get();
}

FieldStatistics InputFile::statistics(const schema::StatisticsTable& table, const std::string& field,
                                      std::int64_t most) {
  const LibraryLock lock;
  const Quiet quiet;
  FieldStatistics found;
  work([&] { found = read_statistics(file_.get(), table, field, most); });
  return found;
}

std::optional<PlacedChunk> InputFile::find(const schema::StoredField& stored, std::int64_t step, const Index& first) {
  const LibraryLock lock;
  const Quiet quiet;
  std::optional<PlacedChunk> found;
  work([&] { found = find_field_chunk(*driver_, dataset(stored.field), stored, step, first); });
  return found;
}

std::uint64_t InputFile::stored_bytes(const schema::Field& field) {
  const LibraryLock lock;
  const Quiet quiet;
  make_sound();
  return H5Dget_storage_size(dataset(field));
}

std::set<std::string> InputFile::files_of(const schema::Field& field) {
  const LibraryLock lock;
  const Quiet quiet;
  std::set<std::string> files;
  work([&] {
    const Handle list(check_id(H5Dget_create_plist(dataset(field)), "H5Dget_create_plist", field.path), H5Pclose);
    for (VirtualPart& part : virtual_parts(list.get(), field.path)) files.insert(std::move(part.file));
  });
  return files;
}

void InputFile::read(const schema::StoredField& stored, std::int64_t step, const Box& box, DataType type,
                     void* target) {
  const LibraryLock lock;
  const Quiet quiet;
  work([&] { read_box(dataset(stored.field), stored.field, step, box, type, target); });
}

}  // namespace tessera::hdf5
