#pragma once

#include <hdf5.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "hdf5/creation_lists.hpp"
#include "hdf5/dimension_scales.hpp"
#include "hdf5/handle.hpp"
#include "schema/operation.hpp"

namespace tessera::hdf5 {

/// Metadata of one open HDF5 file, to which operations are applied in order.
///
/// In a file that several ranks opened together, every rank applies the same operations; `writes_values` then is true
/// on one of them, the one whose small values go into the file.
class Tree {
 public:
  /// Is told whose metadata comes next, by its path; "/" for the links to runs. Answers whether a series that begins a
  /// chunk is to have its space at once, instead of in the next flush.
  using Enter = std::function<bool(const std::string& path)>;

  Tree(Handle file, bool writes_values, Enter enter = {})
      : file_(std::move(file)), writes_values_(writes_values), enter_(std::move(enter)) {}
  /// Of a file that several ranks have open together: HDF5 cannot write texts there, which are kept.
  struct Shared {};
  Tree(Handle file, bool writes_values, Shared)
      : file_(std::move(file)), writes_values_(writes_values), keeps_texts_(true) {}
  /// Those that were kept.
  const std::vector<schema::WriteTexts>& kept_texts() const noexcept { return kept_texts_; }

  void apply(const schema::Operation& operation);
  /// All of them, with what datasets and dimension scales need to know of each other written once at the end.
  void apply(const schema::Operations& operations);

  /// Takes away what a dataset has behind this length of its first axis. Where a chunk begins there, HDF5 writes none.
  void cut(const std::string& path, std::int64_t length);
  /// The same, and the dataset is as long as before.
  void replace_from(const std::string& path, std::int64_t begin);

  /// Says whose metadata comes next.
  bool enter(const std::string& path) const { return enter_ && enter_(path); }

  /// A group with these creation properties.
  void make_group(const std::string& path, hid_t list);

  /// A dataset's DIMENSION_LIST; the scales' own lists follow with list_new_uses().
  void attach(const schema::AttachScales& operation);
  /// Each scale's list once, however many datasets are new: HDF5 writes an attribute that grows anew, as a whole.
  void list_new_uses();

  /// The open dataset of a path. Stays open for some replays, so that a step does not open it again; another call may
  /// close it only where very many are open.
  hid_t dataset(const std::string& path);

  /// Begins a replay: closes the datasets that were not used in the last ones. HDF5 looks at every open object in each
  /// flush, and keeps some 10 KiB for it.
  void begin_replay();

  /// Something in it refers to an object by its address, maybe to one of another tree.
  void note_reference() noexcept { has_references_ = true; }
  bool has_references() const noexcept { return has_references_; }

  /// Has HDF5 write all that it keeps, or what links in the root group take.
  void flush();
  void flush_links();

  hid_t file() const noexcept { return file_.get(); }

  /// Closes all datasets, then the file. \throws Error hdf5
  void close();

  /// Forgets all identifiers without closing them: HDF5 has closed the file, and they may be somebody else's by now.
  void forget() noexcept;

 private:
  struct Open {
    Handle id;
    std::uint64_t replay = 0;         ///< of its last use
    std::int64_t values_placed = -1;  ///< of a series: which values certainly have their space
  };

  void apply_one(const schema::CreateGroup& operation);
  void apply_one(const schema::SetAttribute& operation);
  void apply_one(const schema::SetElementAttribute& operation);
  void apply_one(const schema::CreateDataset& operation);
  void apply_one(const schema::MakeScale& operation);
  void apply_one(const schema::AttachScales& operation) { attach(operation); }
  void apply_one(const schema::SetLength& operation);
  void apply_one(const schema::CutSteps& operation);
  void apply_one(const schema::WriteValues& operation);
  void apply_one(const schema::WriteTexts& operation);
  void place_values(const schema::WriteValues& operation);
  std::int64_t length_of(const std::string& path);
  void make_room();
  void close_unused_since(std::uint64_t replay);

  Handle file_;
  bool writes_values_;
  bool keeps_texts_ = false;
  Enter enter_;
  std::vector<schema::WriteTexts> kept_texts_;
  std::map<std::string, Open> datasets_;
  std::uint64_t replay_ = 0;
  bool has_references_ = false;
  std::map<std::string, std::vector<ScaleUse>> new_uses_;  ///< by scale; not in its attribute yet
  std::map<std::string, ExpectedContent> expected_;        ///< of the groups that the operations at hand make
};

}  // namespace tessera::hdf5
