#include "reader/segment_inputs.hpp"

#include <unistd.h>

#include <algorithm>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "reader/read_files.hpp"
#include "schema/array_rules.hpp"

namespace tessera::detail {

namespace {

/// Descriptors of rank 0: a process has 1024 by default.
constexpr std::size_t most_open_segments = 200;

bool is_long_enough(const SourceDataset& dataset, const schema::StoredField& stored) {
  const Index shape = stored.field.shape();
  bool fits = stored.steps >= dataset.least_steps;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) fits = fits && shape[axis] >= dataset.least[axis];
  return fits;
}

}  // namespace

hdf5::SegmentFile& SegmentInputs::open(const ReadFile& file, bool anew) {
  auto found = std::ranges::find(opened_, file.path, &Opened::path);
  if (found == opened_.end()) {
    opened_.push_front({file.path, std::make_unique<hdf5::SegmentFile>(file.path), read_});
    if (opened_.size() > most_open_segments) opened_.pop_back();
  } else {
    opened_.splice(opened_.begin(), opened_, found);
    const bool is_old = (anew || found->read != read_) && !found->file->is_sound();
    if (is_old) found->file = std::make_unique<hdf5::SegmentFile>(file.path);
    found->read = read_;
  }
  hdf5::SegmentFile& opened = *opened_.front().file;
  if (file.inode != 0) require_same_file(file, opened.inode());
  return opened;
}

bool SegmentInputs::is_current(const ReadFile& file) const {
  const auto found = std::ranges::find(opened_, file.path, &Opened::path);
  return found == opened_.end() || found->file->is_current();
}

schema::StoredField look_at(SegmentInputs& inputs, const schema::Field& field, const SourceDataset& dataset,
                            ReadFile& file) {
  const std::string where = field.path + " has values in " + in_quotes(file.path) + ", which";
  if (::access(file.path.c_str(), R_OK) != 0) {
    throw Error(ErrorCode::storage, where + " cannot be read or is not there: put it back beside this file");
  }
  schema::StoredField stored;
  try {
    hdf5::SegmentFile& input = inputs.open(file, true);
    stored = input.source(field, dataset.path);
    file.inode = input.inode();
  } catch (const Error& error) {
    throw Error(ErrorCode::storage, where + " is no file with " + dataset.path + " any more: " + error.what());
  }
  if (is_long_enough(dataset, stored)) return stored;
  throw Error(ErrorCode::storage, where + " has become shorter since: put the file back that was joined, or join anew");
}

}  // namespace tessera::detail
