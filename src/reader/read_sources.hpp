#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <tessera/box.hpp>

#include "grid/chunk_grid.hpp"
#include "hdf5/field_parts.hpp"
#include "reader/get_box.hpp"
#include "schema/contents.hpp"

/// \file
/// The datasets that a run's values are read from: one for each field, and where a field is shown by a file of segments
/// those of the segments.

namespace tessera::detail {

/// A chunk of a step. All ranks go through chunks in this order.
struct ChunkKey {
  std::size_t source = 0;                             ///< its number in ReadSources
  std::uint64_t number = 0;                           ///< in the source's grid of chunks
  auto operator<=>(const ChunkKey&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14
};

/// A file that bytes are read of.
struct ReadFile {
  std::string path;
  std::uint64_t inode = 0;  ///< 0: not known
};

/// A dataset of a segment.
struct SourceDataset {
  std::size_t file = 0;   ///< its number among files
  std::size_t field = 0;  ///< that it has values of, a number in the run
  std::string path;
  std::int64_t least_steps = 0;  ///< it has at least: what was mapped
  Index least;                   ///< along the axes of the grid
  /// What is known of it. Nothing: it was not looked at yet.
  std::optional<schema::StoredField> stored;
};

grid::ChunkGrid chunk_grid(const schema::Field& field);

/// \{ The box, so many cells further on along each axis, or back.
Box moved(Box box, const Index& cells) noexcept;
Box moved_back(Box box, const Index& cells) noexcept;
/// \}

/// Whether a field of a file may be one that is shown: what it has is not in chunks of its own.
bool may_be_shown(const schema::StoredField& stored) noexcept;

/// Those of one run. Every rank numbers them alike: fields first, then the parts of each field that is shown.
class ReadSources {
 public:
  /// \param run which stays \param file that it lies in \param parts of each field; nothing: not known yet
  ReadSources(const schema::StoredRun& run, ReadFile file, std::optional<std::vector<hdf5::FieldParts>> parts);

  /// Whether it is known which fields are shown, or none can be.
  bool knows_parts() const noexcept { return knows_parts_; }

  const schema::StoredRun& run() const noexcept { return run_; }
  /// The dataset with a source's chunks.
  const schema::StoredField& stored(std::size_t source) const;
  const ReadFile& file(std::size_t source) const;
  bool is_of_segment(std::size_t source) const noexcept { return source >= run_.fields.size(); }
  /// The cells of the field that a chunk has; some of them may count for nothing.
  Box cells_of(const ChunkKey& key) const;
  /// Where the source's first cell lies in the field.
  const Index& origin(std::size_t source) const { return sources_[source].origin; }
  /// Where the step lies along the time axis of a source that has it; -1 without one.
  std::int64_t place_of(std::size_t source, std::int64_t step) const;
  /// "field 'p' of run 'a', step 3, chunk 17 (the cells [...]) of 'part.1.h5'", for messages.
  std::string described(const ChunkKey& key, std::int64_t step) const;

  /// A source with cells of a box that was asked for.
  struct Share {
    std::size_t source = 0;
    Box cells;  ///< of the field
  };
  /// Of the field itself where no segments show it.
  std::vector<Share> shares(const GetBox& asked, std::int64_t step) const;
  /// Whether this library reads all chunks of the box; HDF5 reads what it cannot. Once its datasets are known.
  bool are_chunks(const GetBox& asked, std::int64_t step) const;

  /// \{ Datasets of segments. By number: 1 for those that the boxes have cells of and that are not known.
  std::vector<std::int64_t> unknown(std::span<const GetBox> boxes, std::int64_t step) const;
  std::vector<SourceDataset>& datasets() noexcept { return datasets_; }
  std::vector<ReadFile>& files() noexcept { return files_; }
  /// \}

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  struct Source {
    std::size_t field = 0;
    std::size_t dataset = none;             ///< none: the field's own
    const hdf5::FieldPart* part = nullptr;  ///< of which it is
    Index origin;
  };
  void add_part(std::size_t field, const hdf5::FieldPart& part);
  std::size_t file_number(const std::string& name);
  std::size_t dataset_number(std::size_t field, const hdf5::FieldPart& part);

  const schema::StoredRun& run_;
  std::vector<hdf5::FieldParts> parts_;  ///< of each field
  bool knows_parts_ = true;
  std::vector<Source> sources_;
  std::vector<std::size_t> first_part_;  ///< of each field, its number among the sources
  std::vector<SourceDataset> datasets_;
  std::vector<ReadFile> files_;                              ///< the first one is the file itself
  std::map<std::string, std::size_t, std::less<>> numbers_;  ///< of files, by their names as stored
};

}  // namespace tessera::detail
