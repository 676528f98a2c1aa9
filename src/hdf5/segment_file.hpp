#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "hdf5/field_parts.hpp"
#include "hdf5/handle.hpp"
#include "hdf5/input_driver.hpp"
#include "hdf5/placed_chunks.hpp"
#include "schema/contents.hpp"

namespace tessera::hdf5 {

/// A file of a study in several: of the one that shows the others where values lie, of these where chunks lie. After a
/// call that failed it is opened anew, by its owner.
class SegmentFile {
 public:
  /// \throws Error storage, hdf5
  explicit SegmentFile(const std::string& path);
  ~SegmentFile();
  SegmentFile(const SegmentFile&) = delete;
  SegmentFile& operator=(const SegmentFile&) = delete;

  /// Where a field of this file has its values, if those are others' (field_parts.hpp). \throws Error hdf5
  FieldParts parts(const schema::Field& field);
  /// A dataset in which a field of another file has values: how long it is, and how its chunks lie.
  /// \throws Error hdf5 where there is none, or one with another number of axes
  schema::StoredField source(const schema::Field& field, const std::string& path);
  /// As InputFile::find. \param stored by source() \throws Error
  std::optional<PlacedChunk> find(const schema::StoredField& stored, std::int64_t step, const Index& first);

  /// Whether no call failed, nobody has closed it, and no writer has published another tree since.
  bool is_sound() const;
  bool is_current() const { return driver_->is_current(); }
  std::uint64_t inode() const noexcept { return driver_->file().inode(); }

 private:
  template <class Action>
  void work(Action&& action);
  hid_t dataset(const std::string& path);

  std::shared_ptr<InputDriver> driver_;
  Handle file_;
  std::string path_of_dataset_;
  Handle dataset_;  ///< the one that was asked for last
  bool in_doubt_ = false;
};

}  // namespace tessera::hdf5
