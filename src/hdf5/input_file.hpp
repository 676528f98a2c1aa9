#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include <tessera/box.hpp>
#include <tessera/statistics.hpp>

#include "hdf5/handle.hpp"
#include "hdf5/input_driver.hpp"
#include "hdf5/placed_chunks.hpp"
#include "schema/contents.hpp"

namespace tessera::hdf5 {

/// A file that this process alone reads: ours, finished, killed or being written, or any that is laid out like ours.
/// One thread at a time.
class InputFile {
 public:
  /// \throws Error storage where there is no such file, or no permission; hdf5 where it is no HDF5 file, or a truncated
  /// one
  explicit InputFile(std::string path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  /// What is in it: groups, and in them datasets of numbers whose axes have dimension scales, or of one axis, `time`.
  /// What a field cannot be (structures, texts, more than 4 axes) is among `others`.
  schema::Contents contents() { return contents({}); }
  /// The same of the root and of the groups for whose path `is_wanted` says true, which takes less time where there are
  /// many; of others there are only name and path, and nothing of what lies in them.
  schema::Contents contents(const std::function<bool(const std::string& path)>& is_wanted);

  /// Reads a box of a field, one step of it where it has steps, into `target`: C order, the components of a cell
  /// together, converted to `type` by HDF5.
  void read(const schema::StoredField& field, std::int64_t step, const Box& box, DataType type, void* target);

  /// The statistics of a field that the table has, of at most so many steps.
  FieldStatistics statistics(const schema::StatisticsTable& table, const std::string& field, std::int64_t most);

  /// Where the chunk lies that begins with the cell `first`; nothing for one that nobody wrote. For fields whose
  /// storage is plain.
  std::optional<PlacedChunk> find(const schema::StoredField& field, std::int64_t step, const Index& first);

  /// Bytes of its chunks as they are stored, of all steps. HDF5 goes through the index of chunks for it.
  std::uint64_t stored_bytes(const schema::Field& field);
  /// Other files in which a virtual dataset has its values, as it calls them; none of other datasets.
  std::set<std::string> files_of(const schema::Field& field);

  /// Whether the file still begins as it did when this opened it: no writer has published another tree.
  bool is_current() const { return driver_->is_current(); }
  /// Its number in its file system.
  std::uint64_t inode() const noexcept { return driver_->file().inode(); }

 private:
  template <class Action>
  void work(Action&& action);
  void make_sound();
  void close() noexcept;
  hid_t dataset(const schema::Field& field);

  std::string path_;
  std::shared_ptr<InputDriver> driver_;
  Handle file_;
  std::map<std::string, Handle> datasets_;  ///< by path: those that were read from
  bool in_doubt_ = false;                   ///< a call failed: HDF5 may have half of an object in memory
};

}  // namespace tessera::hdf5
