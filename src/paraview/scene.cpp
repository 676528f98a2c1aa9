#include "paraview/scene.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.hpp"
#include "paraview/obstacle.hpp"
#include "paraview/scene_grid.hpp"
#include "paraview/scene_mesh_fields.hpp"
#include "paraview/unique_names.hpp"
#include "schema/places.hpp"

namespace tessera::paraview {

namespace {

/// Why a field is not shown; empty where it is.
std::string obstacle(const Scene& scene, const Candidate& candidate) {
  const schema::Field& field = *candidate.field;
  const auto is_late = [&] { return field.time_dependent && candidate.steps < scene.steps; };
  if (std::string why = obstacle_of_type(field.stored); !why.empty()) return why;
  if (std::string why = obstacle_of_mesh(scene, field); !why.empty()) return why;
  if (candidate.lies_beside(scene.time_axis)) return of_time_axis(scene, field);
  if (scene.mesh && !is_late()) return {};
  if (field.axes.size() > most_axes) return "has " + std::to_string(field.axes.size()) + " axes, more than three";
  if (!scene.mesh && lacks_points(candidate)) return "lies in cells of different sizes without bounds in the file";
  if (!scene.mesh && !are_same(scene.axes, points_of(candidate), candidate.location))
    return "is on other points, " + described(points_of(candidate)) + ", than most: " + described(scene.axes);
  if (is_late()) return "has " + std::to_string(candidate.steps) + " of " + std::to_string(scene.steps) + " steps";
  return {};
}

/// The places of the grid's points, where fields have them. Those along some of its axes alone XDMF cannot tell.
void take_places(Scene& scene, const std::vector<Candidate>& fields) {
  const auto is_place = [&](const Candidate& candidate) {
    return candidate.location == Location::point && obstacle_of_type(candidate.field->stored).empty() &&
           are_same(scene.axes, points_of(candidate), Location::point) &&
           (!candidate.field->time_dependent ||
            (candidate.steps == scene.steps && !candidate.lies_beside(scene.time_axis)));
  };
  for (const Candidate& first : fields) {
    std::vector<ScenePlace> places;
    const std::vector<std::string> names = schema::places_with(*first.field);
    for (const std::string& name : names) {
      const auto found =
          std::ranges::find_if(fields, [&](const Candidate& one) { return one.field->name == name && is_place(one); });
      if (found == fields.end()) break;
      places.push_back({found->field->path, found->field->stored, found->field->time_dependent});
    }
    if (names.size() < 2 || places.size() != names.size()) continue;
    scene.places = std::move(places);
    return;
  }
}

void add_fields(Scene& scene, std::vector<Candidate> fields, const Versions& versions) {
  std::erase_if(fields, [&](const Candidate& candidate) {
    const bool has_no_values_yet = candidate.lies_beside(scene.time_axis) && candidate.steps == 0;
    return has_no_values_yet || schema::is_mapping(*candidate.field);
  });
  UniqueNames names;
  if (std::vector<SceneMesh> meshes = take_meshes(fields); !meshes.empty()) {
    set_meshes(scene, std::move(meshes), versions);
  }
  if (!scene.mesh) scene.axes = grid_of(fields);
  if (!scene.mesh) take_places(scene, fields);
  if (!scene.epochs.empty()) add_fields_of_versions(scene, fields, names);
  for (const Candidate& candidate : fields) {
    const schema::Field& field = *candidate.field;
    if (field.time_dependent && scene.steps == 0) continue;  // no values yet
    const std::string why = obstacle(scene, candidate);
    if (!why.empty()) {
      scene.left_out.push_back("field " + in_quotes(field.name) + ", which " + why);
      continue;
    }
    SceneArray array = array_of(candidate);
    array.name = names.unique(scene.mesh ? name_on(*scene.mesh, field.name) : field.name);
    scene.arrays.push_back(std::move(array));
  }
}

/// The one that most fields lie on; `time` where there are as many on that, or where the others have no rows.
template <class Steps>
std::string time_axis_of(const std::vector<Candidate>& fields, const Steps& steps) {
  std::map<std::string, int> counts;
  for (const Candidate& candidate : fields) counts[candidate.field->time_axis] += candidate.field->time_dependent;
  std::string best = schema::time_of_steps;
  for (const auto& [name, count] : counts) {
    if (count > counts[best] && !steps(name).empty()) best = name;
  }
  return best;
}

/// \param steps the numbers of the steps that a time axis other than `time` has, by its name
template <class Steps>
Scene begin_scene(const schema::Run& run, std::int64_t all_steps, const std::vector<Candidate>& fields,
                  const Steps& steps) {
  Scene scene;
  scene.run = run.name;
  scene.path = run.path;
  scene.steps = scene.all_steps = all_steps;
  scene.time_axis = time_axis_of(fields, steps);
  if (scene.time_axis == schema::time_of_steps) return scene;
  scene.step_numbers = steps(scene.time_axis);
  scene.steps = std::ssize(scene.step_numbers);
  return scene;
}

/// A scalar and its time axis.
using Scalar = std::pair<std::string, std::string>;

void add_series(Scene& scene, const std::vector<Scalar>& scalars) {
  if (scene.steps == 0) return;
  UniqueNames names;
  for (const auto& [name, time_axis] : scalars) {
    if (time_axis != scene.time_axis && time_axis != schema::time_of_steps) {
      scene.left_out.push_back("scalar " + in_quotes(name) + ", which lies on the time axis " + in_quotes(time_axis));
      continue;
    }
    scene.series.push_back({names.unique(name), schema::join(scene.path, name), time_axis != scene.time_axis});
  }
}

}  // namespace

Index tensor_of(const schema::Field& field) { return field.tensor_axes.empty() ? Index() : field.component_extents(); }

Scene scene_of(const schema::StoredRun& run) {
  std::vector<Candidate> fields;
  for (const auto& stored : run.fields) {
    if (!stored.field.table.empty()) continue;
    fields.push_back({&stored.field, location_in_file(stored.field), stored.steps});
  }
  Scene scene = begin_scene(run.run, std::ssize(run.times), fields,
                            [&](const std::string& time_axis) { return run.steps_of(time_axis); });
  Versions versions;
  for (const auto& scalar : run.scalars) {
    if (!scalar.mesh.empty()) versions[scalar.mesh] = schema::versions_of(run, scalar.mesh);
  }
  add_fields(scene, fields, versions);
  std::vector<Scalar> scalars;
  for (const auto& scalar : run.scalars) {
    const bool is_number = scalar.table.empty() && scalar.mesh.empty();
    const std::string& time_axis = scalar.options.time_axis;
    if (scalar.values.size() >= run.times_of(time_axis).size() && is_number)
      scalars.emplace_back(scalar.name, time_axis);
  }
  add_series(scene, scalars);
  return scene;
}

Scene scene_of(const schema::Catalog& catalog, int number, const Versions& versions, const StepNumbers& steps) {
  const schema::Group& group = catalog.group(number);
  std::vector<Candidate> fields;
  group.fields.for_each([&](int, const schema::FieldRecord& record) {
    const bool is_shown = record.written && record.field.table.empty();
    if (is_shown && catalog.state(record.batch) == schema::State::in_file)
      fields.push_back({&record.field, location_in_file(record.field), group.steps_on(record.field.time_axis)});
  });
  Scene scene = begin_scene(*group.run, group.steps, fields, [&](const std::string& time_axis) {
    const auto known = steps.find(time_axis);
    return known == steps.end() ? std::vector<std::int64_t>() : known->second;
  });
  add_fields(scene, fields, versions);
  std::vector<Scalar> scalars;
  group.scalars.for_each([&](const std::string& name, const schema::ScalarRecord& record) {
    const bool is_number = record.table.empty() && record.mesh.empty();
    if (catalog.state(record.batch) == schema::State::in_file && is_number)
      scalars.emplace_back(name, record.options.time_axis);
  });
  add_series(scene, scalars);
  return scene;
}

}  // namespace tessera::paraview
