#pragma once

#include <hdf5.h>

#include <map>
#include <string>
#include <vector>

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
  Tree(Handle file, bool writes_values) : file_(std::move(file)), writes_values_(writes_values) {}

  void apply(const schema::Operation& operation);
  /// All of them, with what datasets and dimension scales need to know of each other written once at the end.
  void apply(const schema::Operations& operations);

  /// The open dataset of a path; stays open with the tree, so that a step does not open it again.
  hid_t dataset(const std::string& path);

  hid_t file() const noexcept { return file_.get(); }

  /// Closes all datasets, then the file. \throws Error hdf5
  void close();

 private:
  void apply_one(const schema::CreateGroup& operation);
  void apply_one(const schema::SetAttribute& operation);
  void apply_one(const schema::SetElementAttribute& operation);
  void apply_one(const schema::CreateDataset& operation);
  void apply_one(const schema::MakeScale& operation);
  void apply_one(const schema::AttachScales& operation);
  void apply_one(const schema::SetLength& operation);
  void apply_one(const schema::WriteValues& operation);
  void list_new_uses();

  Handle file_;
  bool writes_values_;
  std::map<std::string, Handle> datasets_;
  std::map<std::string, std::vector<ScaleUse>> new_uses_;  ///< by scale; not in its attribute yet
};

/// Property lists for creating files: creation order of links and attributes tracked, no time stamps.
Handle file_creation_list();
/// Access to files that any HDF5 from 1.10 on reads, whatever wrote them.
Handle file_access_list();

}  // namespace tessera::hdf5
