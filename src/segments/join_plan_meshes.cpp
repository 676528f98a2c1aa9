#include <algorithm>
#include <map>
#include <string>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "schema/attributes.hpp"
#include "segments/join_plan.hpp"

/// \file
/// Meshes of several segments, which have to be the same.

namespace tessera::segments {

namespace {

const AttributeValue* value_of(const Attributes& attributes, const char* name) {
  const auto found = std::ranges::find(attributes, name, &Attribute::name);
  return found == attributes.end() ? nullptr : &found->value;
}

bool is_mesh(const hdf5::SurveyedDataset& dataset) {
  const AttributeValue* role = value_of(dataset.attributes, "cf_role");
  const auto* text = role == nullptr ? nullptr : std::get_if<std::string>(&role->storage());
  return text != nullptr && *text == "mesh_topology";
}

}  // namespace

/// Cells name nodes by their numbers, which would be others in a joined file, and no virtual dataset changes values.
void JoinPlan::require_same_meshes() const {
  std::map<std::string, std::size_t> first;  // segments with these meshes
  for (std::size_t segment = 0; segment < segments_.size(); ++segment) {
    for (const auto& [path, dataset] : by_path_[segment]) {
      if (!is_mesh(*dataset)) continue;
      const std::size_t other = first.try_emplace(path, segment).first->second;
      const AttributeValue* own = value_of(dataset->attributes, "digest");
      const AttributeValue* theirs = value_of(in(other, path)->attributes, "digest");
      if (own == nullptr || theirs == nullptr || schema::is_stored_as(*own, *theirs)) continue;
      throw Error(ErrorCode::invalid_argument,
                  "the mesh " + path + " has other cells in " + in_quotes(segments_[segment].name) + " than in " +
                      in_quotes(segments_[other].name) +
                      ": segments that cut a mesh in space cannot be joined, since cells name their nodes by numbers; "
                      "write it into one file, whose ranks share it");
    }
  }
}

}  // namespace tessera::segments
