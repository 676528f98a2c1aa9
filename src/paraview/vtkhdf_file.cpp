#include "paraview/vtkhdf_file.hpp"

#include <algorithm>
#include <utility>

#include "paraview/side_file.hpp"

namespace tessera::paraview {

using schema::CreateDataset;
using schema::CreateGroup;
using schema::SetAttribute;

void VtkhdfFile::add_group(const std::string& name) { file.own.push_back(CreateGroup{path(name)}); }

void VtkhdfFile::set(const std::string& owner, const char* name, AttributeValue value) {
  file.own.push_back(SetAttribute{owner, name, std::move(value), schema::TextForm::ascii});
}

void VtkhdfFile::add_root(const char* type, std::vector<std::int64_t> version) {
  file.own.push_back(CreateGroup{root});
  set(root, "Version", std::move(version));
  set(root, "Type", type);
}

void VtkhdfFile::add_numbers(const std::string& where, const std::vector<std::int64_t>& numbers) {
  file.own.push_back(CreateDataset{where, DataType::int64, {std::ssize(numbers)}, false, {}, Codec::none(), {}});
  if (std::ranges::all_of(numbers, [](std::int64_t number) { return number == 0; })) return;
  file.own.push_back(schema::WriteValues{where, 0, std::vector<double>(numbers.begin(), numbers.end())});
}

void VtkhdfFile::begin_arrays(const Scene& scene) {
  for (const char* name : {"PointData", "CellData", "FieldData"}) add_group(name);
  if (!has_steps(scene)) return;
  add_group("Steps");
  set(path("Steps"), "NSteps", scene.steps);
  const Index all{scene.steps};
  file.views.push_back(
      {path("Steps/Values"), DataType::float64, all, schema::join(scene.path, scene.time_axis), all, all});
  for (const char* name : {"PointDataOffsets", "CellDataOffsets", "FieldDataOffsets"})
    add_group(std::string("Steps/") + name);
}

void VtkhdfFile::add(const Scene& scene, const SceneSeries& series) {
  const std::string where = path("FieldData/" + series.name);
  if (!has_steps(scene) && series.of_all_steps) {
    file.mosaics.push_back(
        {where, DataType::float64, {1}, {{series.path, {scene.all_steps}, {scene.step_numbers[0]}, {1}, {0}, {1}}}});
    return;
  }
  file.links.push_back({where, series.path});
  if (!has_steps(scene)) return;
  add_offsets(path("Steps/FieldDataOffsets/" + series.name),
              series.of_all_steps ? scene.step_numbers : multiples(scene.steps, 1));
}

void VtkhdfFile::add_offsets(const std::string& where, const std::vector<std::int64_t>& offsets) {
  std::string& first = offsets_[offsets];
  if (!first.empty()) {
    file.aliases.push_back({where, first});
    return;
  }
  first = where;
  add_numbers(where, offsets);
}

std::string VtkhdfFile::add_hidden() {
  const std::string group = "/hidden";
  if (hidden_ == 0) file.own.push_back(CreateGroup{group});
  return group + "/" + std::to_string(hidden_++);
}

std::vector<std::int64_t> VtkhdfFile::multiples(std::int64_t steps, std::int64_t distance) {
  std::vector<std::int64_t> numbers(static_cast<std::size_t>(steps));
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<std::int64_t>(i) * distance;
  return numbers;
}

void add_components(hdf5::ReferenceFile::Mosaic::Tile& tile, std::int64_t components, const Index& stored) {
  if (components == 1) return;
  tile.at.push_back(0);
  tile.shape.push_back(components);
  for (const std::int64_t extent : stored) {
    tile.from.push_back(0);
    for (Index* index : {&tile.target_shape, &tile.count}) index->push_back(extent);
  }
}

std::string array_path(const SceneArray& array) {
  return VtkhdfFile::path((array.location == Location::point ? "PointData/" : "CellData/") + array.name);
}

std::string offsets_path(const SceneArray& array) {
  const bool at_points = array.location == Location::point;
  return VtkhdfFile::path((at_points ? "Steps/PointDataOffsets/" : "Steps/CellDataOffsets/") + array.name);
}

}  // namespace tessera::paraview
