#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <tessera/options.hpp>

#include "hdf5/dimension_scales.hpp"
#include "hdf5/handle.hpp"
#include "hdf5/survey.hpp"

namespace tessera::hdf5 {

/// What becomes different of a dataset that is copied.
struct ExportChange {
  std::optional<std::pair<std::uint64_t, std::uint64_t>> steps;  ///< begin and end along the first axis
  std::optional<Codec> codec;
  std::vector<hsize_t> chunk;  ///< empty: as it was
  bool single_precision = false;

  bool changes_chunks() const noexcept { return codec || !chunk.empty() || single_precision; }
};

/// Copies groups and datasets of a file into a new one, each where the caller wants it. Chunks that stay as they are
/// are copied as they are stored. What dimension scales and fields say of each other is said of the copies.
class ContentExport {
 public:
  /// \param path of an empty file, which is written over \throws Error hdf5
  ContentExport(const Survey& source, const std::string& path);

  /// Makes a group, or takes the root, and copies the attributes that it does not have. Groups come before what is in
  /// them.
  void add_group(const std::string& from, const std::string& to);
  /// Datasets come after the scales of their axes.
  void add_dataset(const std::string& from, const std::string& to, const ExportChange& change = {});
  /// Attaches scales and closes the file. Nothing is said to be in it before.
  void finish();

 private:
  struct Made {
    std::string from, to;
  };
  void copy_attributes(hid_t from, hid_t to, const std::string& path, bool single_precision);
  void attach_scales(const Made& made);
  void add_uses();

  const Survey& source_;
  Handle file_;
  std::vector<Made> datasets_;
  std::vector<std::pair<std::string, ScaleUse>> uses_;  ///< by the path of the scale
};

}  // namespace tessera::hdf5
