#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <tessera/box.hpp>

#include "base/filters.hpp"
#include "base/function_ref.hpp"
#include "hdf5/chunk_index.hpp"
#include "hdf5/free_extents.hpp"
#include "hdf5/handle.hpp"
#include "hdf5/index_block.hpp"
#include "hdf5/input_driver.hpp"
#include "hdf5/virtual_parts.hpp"
#include "schema/contents.hpp"

namespace tessera::hdf5 {

/// A dataset and where all its bytes lie.
struct SurveyedDataset {
  enum class Storage : std::uint8_t { in_header, contiguous, chunked, in_parts, elsewhere };

  std::string path;
  ChunkGrid grid;
  Storage storage = Storage::in_header;
  std::optional<DataType> element;  ///< nothing for what no field can hold
  bool is_big_endian = false;
  std::vector<std::byte> fill;  ///< one element in this machine's memory: what nobody wrote reads as
  std::vector<Filter> filters;
  Attributes attributes;                ///< those that values can be made of, but for names that are reserved
  bool is_scale = false;                ///< the coordinates of an axis
  bool is_dimension_only = false;       ///< a scale of netCDF whose values mean nothing
  ChunkIndex index;                     ///< chunked
  FileRange bytes;                      ///< contiguous; of size 0 where nothing was written
  std::vector<VirtualPart> parts;       ///< of a virtual one
  bool has_variable_length = false;     ///< its elements are addresses of what lies elsewhere
  bool has_partial_unfiltered = false;  ///< chunks at the far edges pass no filter
  bool is_filled = false;               ///< chunks that nobody wrote have a value that was chosen
};

struct SurveyedGroup {
  std::string path;
  Attributes attributes;
};

/// What could not be read, and why.
struct SurveyError {
  std::string path;
  std::string text;
};

/// An HDF5 file of any layout, of which all metadata is read, so that HDF5 looks at its checksums: all groups, datasets
/// and attributes, once each. Whatever a writer publishes meanwhile, one state of the file is seen.
class Survey {
 public:
  /// \throws Error storage, hdf5 where the file cannot be opened
  explicit Survey(const std::string& path);

  /// Reads everything; what cannot be read is kept in errors().
  void read();

  const std::vector<SurveyedDataset>& datasets() const noexcept { return datasets_; }
  const SurveyedDataset* dataset(const std::string& path) const noexcept;  ///< nullptr: none
  const std::vector<SurveyError>& errors() const noexcept { return errors_; }
  const std::vector<SurveyedGroup>& groups() const noexcept { return groups_; }

  /// The same file as runs and fields. \throws Error
  schema::Contents contents() const;
  /// Blocks of metadata that were read, each once, by address.
  std::vector<FileRange> metadata() const;
  /// Where the file ends, by what it says itself.
  std::uint64_t end() const noexcept { return driver_->end(); }
  /// What the record in the file calls free (FORMAT.md). \throws Error storage
  std::vector<Extent> recorded_free() const;
  const storage::ReadOnlyFile& file() const noexcept { return driver_->file(); }
  /// HDF5's handle of it, as long as this lives.
  hid_t handle() const noexcept { return file_.get(); }
  /// Does something with that handle, and throws what reading met: HDF5 takes a block that could not be read for a
  /// thing that is not there.
  void work(FunctionRef<void()> action) const;

  /// Has HDF5 read a chunk and undo its filters; nothing of it is kept. \param number as in ChunkIndex \throws Error
  void read_chunk(const SurveyedDataset& dataset, std::uint64_t number) const;
  /// The same of all elements. \throws Error
  void read_all(const SurveyedDataset& dataset) const;
  /// \throws Error storage where a file is not there in which a virtual dataset has values
  void require_part(const SurveyedDataset& dataset, const VirtualPart& part) const;
  /// The dimension scale of each axis, by its path; empty where there is none. \throws Error
  std::vector<std::string> scale_paths(const SurveyedDataset& dataset) const;
  /// All elements of numbers, in this machine's memory. \throws Error
  std::vector<std::byte> elements(const SurveyedDataset& dataset) const;
  /// A box of a field at a step, as InputFile::read. \throws Error
  void read_box(const schema::StoredField& field, std::int64_t step, const Box& box, DataType type, void* target) const;
  /// Whether HDF5 has all its filters here.
  static bool has_filters(const SurveyedDataset& dataset);

 private:
  void read_object(const std::string& path, std::vector<std::string>& groups);
  Attributes read_attributes(hid_t object, const std::string& path);
  void read_dataset(hid_t dataset, SurveyedDataset& result);
  void attempt_to(const std::string& path, FunctionRef<void()> work);

  std::shared_ptr<InputDriver> driver_;
  Handle file_;
  std::vector<SurveyedDataset> datasets_;
  std::vector<SurveyError> errors_;
  std::set<hobj_ref_t> seen_;  ///< objects may have several names
  std::vector<FileRange> index_blocks_;
  std::vector<SurveyedGroup> groups_;
};

}  // namespace tessera::hdf5
