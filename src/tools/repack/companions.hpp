#pragma once

#include <set>
#include <string>

#include "hdf5/survey.hpp"

namespace tessera::tools {

/// Datasets without which others say less: those that they name in attributes, by CF (coordinates, bounds) and UGRID
/// (the mesh of a field, and all that a mesh consists of).
class Companions {
 public:
  /// \param survey which stays
  explicit Companions(const hdf5::Survey& survey);

  /// Adds the paths of those of a dataset, and theirs.
  void add_of(const hdf5::SurveyedDataset& dataset, std::set<std::string>& paths) const;

  /// Whether it is a part of a mesh: places of nodes, cells.
  bool is_mesh_part(const std::string& path) const { return mesh_parts_.contains(path); }

 private:
  const hdf5::Survey& survey_;
  std::set<std::string> mesh_parts_;
};

}  // namespace tessera::tools
