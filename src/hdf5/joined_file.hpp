#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "hdf5/dimension_scales.hpp"
#include "hdf5/handle.hpp"
#include "hdf5/survey.hpp"

namespace tessera::hdf5 {

/// One of the files that another one shows together.
struct Segment {
  const Survey* survey = nullptr;
  std::string name;  ///< of its file, from the directory of the one that shows it
};

/// The values that a segment has of a dataset.
struct SegmentPart {
  std::size_t segment = 0;
  std::vector<hsize_t> begin;        ///< where they lie in the dataset
  std::vector<hsize_t> count;        ///< along each axis
  std::vector<hsize_t> source = {};  ///< where they begin in the segment; empty: with its first ones
};

struct JoinedDataset {
  std::string path;      ///< in all segments
  std::size_t like = 0;  ///< the segment whose type, chunks and attributes it gets
  std::vector<hsize_t> extents;
  std::vector<SegmentPart> parts;                        ///< do not overlap; what none has reads the fill value
  std::vector<std::string> scales;                       ///< of each axis, empty where there is none
  bool is_virtual = false;                               ///< its values stay where they are
  std::optional<std::vector<std::int64_t>> values = {};  ///< those that it gets, of no segment
};

/// A new file that shows the datasets of several others as one.
class JoinedFile {
 public:
  /// \param path of an empty file, which is written over \param segments which stay \throws Error hdf5
  JoinedFile(const std::vector<Segment>& segments, const std::string& path);

  /// Makes a group, or takes the root, with the attributes that it has in a segment. Groups come before what is in
  /// them.
  void add_group(std::size_t segment, const std::string& path);
  /// \throws Error hdf5, storage
  void add_dataset(const JoinedDataset& dataset);
  /// Attaches scales, and closes the file. Nothing is said to be in it before. \param names attribute `segments` of the
  /// root group
  void finish(const std::vector<std::string>& names);

 private:
  void create(const JoinedDataset& dataset, hid_t like, hid_t list);
  void copy_parts(const JoinedDataset& dataset);
  void write_values(const JoinedDataset& dataset);
  void number_dimensions();

  const std::vector<Segment>& segments_;
  Handle file_;
  std::vector<ScaledDataset> scaled_;
  /// Dimension scales: netCDF's numbers of them, the segments that have these, their paths.
  std::vector<std::tuple<std::int32_t, std::size_t, std::string>> dimensions_;
};

/// The first of the files whose dataset has other values than that of the first file; nothing: none has. Of values of
/// fixed size the first ones along each axis, each of which is read once, some at a time; of texts all.
/// \throws Error hdf5, storage
std::optional<std::size_t> first_with_other_values(const std::vector<const Survey*>& files, const std::string& path,
                                                   const std::vector<hsize_t>& count);

}  // namespace tessera::hdf5
