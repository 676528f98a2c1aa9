#include "paraview/scene_mesh_fields.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.hpp"
#include "paraview/obstacle.hpp"

namespace tessera::paraview {

SceneArray array_of(const Candidate& candidate) {
  const schema::Field& field = *candidate.field;
  return {field.name,       field.path,           field.stored, candidate.location, field.shape(),
          field.components, field.time_dependent, {},           tensor_of(field)};
}

std::string of_time_axis(const Scene& scene, const schema::Field& field) {
  return "lies on the time axis " + in_quotes(field.time_axis) + ", and most on " + in_quotes(scene.time_axis);
}

std::string obstacle_of_mesh(const Scene& scene, const schema::Field& field) {
  const std::string mesh = mesh_of(field);
  if (!scene.mesh) return mesh.empty() ? mesh : "lies on the mesh " + in_quotes(mesh) + ", and most on a grid";
  if (mesh == scene.mesh->name) return {};
  return (mesh.empty() ? "lies on a grid" : "lies on the mesh " + in_quotes(mesh)) + ", and most on the mesh " +
         in_quotes(scene.mesh->name);
}

std::vector<SceneMesh> take_meshes(std::vector<Candidate>& fields) {
  std::vector<const schema::Field*> all;
  all.reserve(fields.size());
  for (const Candidate& candidate : fields) all.push_back(candidate.field);
  std::vector<SceneMesh> meshes = meshes_of(all);
  if (meshes.empty()) return {};
  std::erase_if(fields, [&](const Candidate& candidate) { return is_of_mesh(*candidate.field, meshes); });
  const auto belongs = [&](const Candidate& candidate, const SceneMesh& mesh) {
    const std::string name = mesh_of(*candidate.field);
    return std::ranges::any_of(meshes, [&](const SceneMesh& one) {
      return one.name == name && (one.name == mesh.name || (one.version > 0 && one.base == mesh.base));
    });
  };
  const auto count = [&](const SceneMesh& mesh) {
    return std::ranges::count_if(fields, [&](const Candidate& candidate) { return belongs(candidate, mesh); });
  };
  const SceneMesh best = *std::ranges::max_element(meshes, {}, count);
  if (count(best) == 0 && !fields.empty()) return {};
  for (Candidate& candidate : fields) {
    if (!mesh_of(*candidate.field).empty()) candidate.location = location_on_mesh(*candidate.field);
  }
  std::erase_if(fields, [&](const Candidate& candidate) {
    return std::ranges::count(meshes, candidate.field->path, &SceneMesh::position) > 0;
  });
  std::erase_if(meshes, [&](const SceneMesh& mesh) {
    return mesh.name != best.name && (mesh.version == 0 || mesh.base != best.base);
  });
  return meshes;
}

namespace {

/// Of values by steps of the run, those of the scene's steps.
std::vector<std::int64_t> in_scene(const Scene& scene, const std::vector<std::int64_t>& by_steps) {
  if (scene.time_axis == schema::time_of_steps) return by_steps;
  std::vector<std::int64_t> values;
  for (const std::int64_t step : scene.step_numbers) {
    values.push_back(step < std::ssize(by_steps) ? by_steps[static_cast<std::size_t>(step)] : 0);
  }
  return values;
}

}  // namespace

void set_meshes(Scene& scene, std::vector<SceneMesh> meshes, const Versions& versions) {
  const SceneMesh& last = meshes.back();
  for (SceneMesh& mesh : meshes) {
    const bool lies_elsewhere = !mesh.position.empty() && mesh.position_time_axis != scene.time_axis;
    if (scene.steps > 0 && lies_elsewhere) {
      scene.left_out.push_back("position of the nodes, which lies on the time axis " +
                               in_quotes(mesh.position_time_axis) + ", and most fields on " +
                               in_quotes(scene.time_axis));
    }
    if (scene.steps == 0 || lies_elsewhere) mesh.position.clear();
  }
  if (last.version > 0) {
    const auto known = versions.find(last.base);
    const std::vector<std::int64_t> of_steps = known == versions.end() ? std::vector<std::int64_t>() : known->second;
    scene.epochs = epochs_of(meshes, in_scene(scene, of_steps), scene.steps);
  }
  scene.mesh = scene.epochs.empty() ? last : scene.epochs.front().mesh;
  if (scene.epochs.size() == 1) scene.epochs.clear();
}

namespace {

/// What a version has of a field; nullptr: none.
const Candidate* find(const std::vector<Candidate>& fields, const SceneMesh& mesh, const std::string& name) {
  const auto found = std::ranges::find_if(fields, [&](const Candidate& one) {
    return mesh_of(*one.field) == mesh.name && name_on(mesh, one.field->name) == name;
  });
  return found == fields.end() ? nullptr : &*found;
}

bool is_part_of(const SceneArray& array, const Candidate& part) {
  return part.field->stored == array.type && part.field->components == array.components &&
         tensor_of(*part.field) == array.tensor && part.location == array.location &&
         part.field->time_dependent == array.time_dependent;
}

/// Gives the array its part in every epoch. \return why it cannot be shown, as a clause behind "which"; empty: it can
std::string take_parts(SceneArray& array, const Scene& scene, const std::vector<Candidate>& fields,
                       const std::string& name) {
  const schema::Field* beside = nullptr;  // a version may lie on another time axis than the one before
  for (const SceneEpoch& epoch : scene.epochs) {
    const Candidate* part = find(fields, epoch.mesh, name);
    if (part == nullptr) continue;
    if (part->lies_beside(scene.time_axis)) beside = part->field;
    if (is_part_of(array, *part)) array.parts.emplace_back(part->field->path, part->field->shape()[0]);
  }
  if (std::string why = obstacle_of_type(array.type); !why.empty()) return why;
  if (beside != nullptr) return of_time_axis(scene, *beside);
  return array.parts.size() == scene.epochs.size() ? "" : "is not on all versions of the mesh, or differs";
}

}  // namespace

void add_fields_of_versions(Scene& scene, std::vector<Candidate>& fields, UniqueNames& names) {
  std::set<std::string> seen;
  for (const SceneEpoch& first : scene.epochs) {
    for (const Candidate& candidate : fields) {
      const std::string name = name_on(first.mesh, candidate.field->name);
      if (mesh_of(*candidate.field) != first.mesh.name || !seen.insert(name).second) continue;
      SceneArray array = array_of(candidate);
      if (const std::string why = take_parts(array, scene, fields, name); !why.empty()) {
        scene.left_out.push_back("field " + in_quotes(name) + ", which " + why);
        continue;
      }
      array.name = names.unique(name);
      scene.arrays.push_back(std::move(array));
    }
  }
  std::erase_if(fields, [&](const Candidate& candidate) {
    return std::ranges::any_of(scene.epochs,
                               [&](const SceneEpoch& epoch) { return mesh_of(*candidate.field) == epoch.mesh.name; });
  });
}

}  // namespace tessera::paraview
