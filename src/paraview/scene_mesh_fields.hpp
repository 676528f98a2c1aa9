#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "paraview/scene.hpp"
#include "paraview/unique_names.hpp"

/// \file
/// Fields that may be shown, and which of them lie on the mesh that is.

namespace tessera::paraview {

struct Candidate {
  const schema::Field* field;
  Location location;
  std::int64_t steps;  ///< of a time-dependent one

  bool lies_beside(const std::string& time_axis) const {
    return field->time_dependent && field->time_axis != time_axis;
  }
};

SceneArray array_of(const Candidate& candidate);

/// \{ What a field has in common with none that is shown, as a clause behind "which".
std::string of_time_axis(const Scene& scene, const schema::Field& field);
/// Empty where it lies on what is shown, as far as meshes go.
std::string obstacle_of_mesh(const Scene& scene, const schema::Field& field);
/// \}

/// The mesh of most fields, in all its versions, unless all fields lie on grids. What meshes consist of are no
/// candidates any more.
std::vector<SceneMesh> take_meshes(std::vector<Candidate>& fields);

/// One, or its versions in the order of steps. Where all steps have the same, it is a mesh that stays.
void set_meshes(Scene& scene, std::vector<SceneMesh> meshes, const Versions& versions);

/// The fields on a mesh that changes, each with its part in every epoch. They are no candidates any more.
void add_fields_of_versions(Scene& scene, std::vector<Candidate>& fields, UniqueNames& names);

}  // namespace tessera::paraview
