#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>

#include "hdf5/segment_file.hpp"
#include "reader/read_sources.hpp"

namespace tessera::detail {

/// Segments of which rank 0 asks HDF5 where chunks lie. Of many those that were used last stay open.
class SegmentInputs {
 public:
  /// The file as it is now; once it was looked at in this read, as it was then. \param anew look again
  /// \throws Error storage, hdf5; storage, too, where it is another file than it was
  hdf5::SegmentFile& open(const ReadFile& file, bool anew = false);
  /// Whether it has not changed since it was opened; true where it is not open.
  bool is_current(const ReadFile& file) const;
  /// Another read begins: writers may have published other trees since.
  void begin_read() noexcept { ++read_; }
  void close() noexcept { opened_.clear(); }

 private:
  struct Opened {
    std::string path;
    std::unique_ptr<hdf5::SegmentFile> file;
    std::uint64_t read = 0;  ///< in which it was looked at last
  };
  std::list<Opened> opened_;  ///< those that were used last in front
  std::uint64_t read_ = 0;
};

/// A dataset with values of a field. \param file gets its number if it is not known \throws Error storage, which names
/// the file: where it is not there, is not what was joined, or is shorter
schema::StoredField look_at(SegmentInputs& inputs, const schema::Field& field, const SourceDataset& dataset,
                            ReadFile& file);

}  // namespace tessera::detail
