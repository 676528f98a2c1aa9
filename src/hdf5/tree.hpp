#pragma once

#include <hdf5.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "hdf5/dimension_scales.hpp"
#include "hdf5/handle.hpp"
#include "schema/operation.hpp"

namespace tessera::hdf5 {

/// What a new group will hold.
struct ExpectedContent {
  unsigned links = 0;
  std::size_t longest = 0;     ///< bytes of a link's name
  std::size_t attributes = 0;  ///< their bytes in the header, about
};

/// Metadata of one open HDF5 file, to which operations are applied in order.
///
/// In a file that several ranks opened together, every rank applies the same operations; `writes_values` then is true
/// on one of them, the one whose small values go into the file.
class Tree {
 public:
  Tree(Handle file, bool writes_values) : file_(std::move(file)), writes_values_(writes_values) {}

  void apply(const schema::Operation& operation);
  /// All of them, with what datasets and dimension scales need to know of each other written once at the end.
  void apply(const schema::Operations& operations);

  /// The open dataset of a path. Stays open for some turns, so that a step does not open it again; another call may
  /// close it only where very many are open.
  hid_t dataset(const std::string& path);

  /// Begins a turn: closes the datasets that were not used in the last ones. HDF5 looks at every open object in each
  /// flush, and keeps some 10 KiB for it.
  void begin_turn();

  hid_t file() const noexcept { return file_.get(); }

  /// Closes all datasets, then the file. \throws Error hdf5
  void close();

  /// Forgets all identifiers without closing them: HDF5 has closed the file, and they may be somebody else's by now.
  void forget() noexcept;

 private:
  struct Open {
    Handle id;
    std::uint64_t turn = 0;  ///< of its last use
  };

  void apply_one(const schema::CreateGroup& operation);
  void apply_one(const schema::SetAttribute& operation);
  void apply_one(const schema::SetElementAttribute& operation);
  void apply_one(const schema::CreateDataset& operation);
  void apply_one(const schema::MakeScale& operation);
  void apply_one(const schema::AttachScales& operation);
  void apply_one(const schema::SetLength& operation);
  void apply_one(const schema::WriteValues& operation);
  void list_new_uses();
  void make_room();
  void close_unused_since(std::uint64_t turn);

  Handle file_;
  bool writes_values_;
  std::map<std::string, Open> datasets_;
  std::uint64_t turn_ = 0;
  std::map<std::string, std::vector<ScaleUse>> new_uses_;  ///< by scale; not in its attribute yet
  std::map<std::string, ExpectedContent> expected_;        ///< of the groups that the operations at hand make
};

/// Property lists for creating files: creation order of links and attributes tracked, no time stamps.
Handle file_creation_list();
/// Access to files that any HDF5 from 1.10 on reads, whatever wrote them.
Handle file_access_list();

}  // namespace tessera::hdf5
