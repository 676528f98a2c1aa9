#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hdf5/export_change.hpp"
#include "hdf5/handle.hpp"
#include "hdf5/member.hpp"
#include "hdf5/placed_chunks.hpp"
#include "hdf5/survey.hpp"

namespace tessera::hdf5 {

/// Copies groups and datasets of a file into a new one, each where the caller wants it. Chunks that stay as they are
/// are copied as they are stored. What dimension scales and fields say of each other is said of the copies.
class ContentExport {
 public:
  /// \param path of an empty file, which is written over \throws Error hdf5
  ContentExport(const Survey& source, const std::string& path);
  /// Into a tree of a new file, in which chunks may lie already. What HDF5 keeps of it is emitted now and then.
  ContentExport(const Survey& source, Member& target);

  /// Makes a group, or takes the root, and copies the attributes that it does not have. Groups come before what is in
  /// them.
  void add_group(const std::string& from, const std::string& to);
  /// Datasets come after the scales of their axes.
  /// \param placed its chunks, which lie in the tree's file, by their row-major numbers in the copy; nullptr: they are
  ///        copied here
  void add_dataset(const std::string& from, const std::string& to, const ExportChange& change = {},
                   const std::vector<PlacedChunk>* placed = nullptr);
  /// Attaches scales, and closes the file or has the tree flushed. Nothing is said to be in it before.
  void finish();

 private:
  struct Made {
    std::string from, to;
  };
  void copy_content(const SurveyedDataset& dataset, hid_t source, hid_t target, const ExportChange& change);
  void add_placed(const std::string& path, hid_t target, const std::vector<PlacedChunk>& chunks);
  void emit_often(std::uint64_t blocks);
  std::vector<std::string> scales_of(const Made& made) const;

  const Survey& source_;
  Handle own_;  ///< unless it is a tree's
  hid_t file_ = -1;
  Member* tree_ = nullptr;
  std::uint64_t blocks_ = 0;  ///< that the tree's driver may keep in memory, about
  std::vector<Made> datasets_;
};

}  // namespace tessera::hdf5
