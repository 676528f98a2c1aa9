#include "tools/repack/companions.hpp"

#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>

#include "schema/mesh.hpp"
#include "schema/table.hpp"

namespace tessera::tools {

namespace {

/// Attributes that are names of datasets beside, with blanks between them.
constexpr std::array<std::string_view, 13> naming{"mesh",
                                                  "coordinates",
                                                  "bounds",
                                                  "ancillary_variables",
                                                  "grid_mapping",
                                                  "node_coordinates",
                                                  "node_position",
                                                  "row_position",
                                                  "edge_node_connectivity",
                                                  "face_node_connectivity",
                                                  "volume_node_connectivity",
                                                  "edge_coordinates",
                                                  "face_coordinates"};
/// What a mesh has besides, for VTK (FORMAT.md).
constexpr std::array<std::string_view, 3> mesh_suffixes{"_types", "_offsets", "_connectivity_list"};

std::string text_of(const hdf5::SurveyedDataset& dataset, std::string_view name) {
  const auto found = std::ranges::find(dataset.attributes, name, &Attribute::name);
  if (found == dataset.attributes.end()) return {};
  const auto* text = std::get_if<std::string>(&found->value.storage());
  return text == nullptr ? std::string() : *text;
}

bool is_mesh(const hdf5::SurveyedDataset& dataset) { return text_of(dataset, "cf_role") == "mesh_topology"; }

}  // namespace

Companions::Companions(const hdf5::Survey& survey) : survey_(survey) {
  for (const hdf5::SurveyedDataset& dataset : survey.datasets()) {
    if (!is_mesh(dataset)) continue;
    mesh_parts_.insert(dataset.path);
    add_of(dataset, mesh_parts_);
  }
}

void Companions::add_of(const hdf5::SurveyedDataset& dataset, std::set<std::string>& paths) const {
  const auto add = [&](const std::string& path) {
    const hdf5::SurveyedDataset* named = survey_.dataset(path);
    if (named != nullptr && paths.insert(path).second) add_of(*named, paths);
  };
  const std::string beside = dataset.path.substr(0, dataset.path.rfind('/') + 1);
  for (const std::string_view attribute : naming) {
    std::istringstream names(text_of(dataset, attribute));
    for (std::string name; names >> name;) add(beside + name);
  }
  if (const std::string table = text_of(dataset, schema::rows_of); !table.empty()) {
    add(beside + schema::begin_name(table));
    add(beside + schema::count_name(table));
  }
  if (!is_mesh(dataset)) return;
  for (const std::string_view suffix : mesh_suffixes) add(dataset.path + std::string(suffix));
  if (const std::string mesh = text_of(dataset, schema::version_of); !mesh.empty())
    add(beside + schema::version_name(mesh));
}

}  // namespace tessera::tools
