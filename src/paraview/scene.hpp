#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <tessera/options.hpp>
#include <tessera/types.hpp>

#include "paraview/mesh_cells.hpp"
#include "paraview/scene_mesh.hpp"
#include "schema/catalog.hpp"
#include "schema/contents.hpp"

/// \file
/// What ParaView shows of a run: one grid of up to three axes, or one mesh, the fields on it, and the scalars of the
/// steps. These are the steps of one time axis, the one that most fields lie on.

namespace tessera::paraview {

/// An axis of the grid's points.
struct SceneAxis {
  std::string name;
  std::int64_t points = 1;
  double origin = 0;
  double spacing = 1;           ///< 1 where there is one point
  schema::SharedValues values;  ///< where the points are not at equal distances: each of them
  std::string path = {};        ///< of the dataset with the coordinates; empty: there is none

  double coordinate(std::int64_t number) const noexcept {
    return values ? (*values)[static_cast<std::size_t>(number)] : origin + static_cast<double>(number) * spacing;
  }
};

struct SceneArray {
  std::string name;  ///< in ParaView: unique, without '/' and '.', which VTK refuses
  std::string path;  ///< of the dataset
  DataType type = DataType::float64;
  Location location = Location::point;
  Index shape;  ///< of the grid's points or cells, slowest axis first; of a mesh how many nodes or cells
  std::int64_t components = 1;
  bool time_dependent = false;
  /// Where the mesh changes: of each epoch the dataset, and how many nodes or cells it has.
  std::vector<std::pair<std::string, std::int64_t>> parts = {};
  /// Where the dataset has the components on two axes: how long these are. VTK knows one.
  Index tensor = {};

  /// How long the dataset's axes of components are.
  Index stored_components() const {
    if (!tensor.empty() || components == 1) return tensor;
    return {components};
  }
};

/// One coordinate of the points of a curvilinear grid.
struct ScenePlace {
  std::string path;  ///< of the dataset, which has all axes of the grid
  DataType type = DataType::float64;
  bool time_dependent = false;
};

/// A number per step.
struct SceneSeries {
  std::string name;
  std::string path;
  bool of_all_steps = false;  ///< of the run, where the scene shows some of them
};

/// A table, whose rows are points.
struct SceneTable {
  std::string position;  ///< path of the column
  DataType type = DataType::float64;
  std::int64_t length = 0;  ///< of the columns
  schema::RowSeries rows;   ///< of each step
};

/// The rows that a step has of a table.
struct SceneRows {
  std::int64_t begin = 0;
  std::int64_t count = 0;
};

/// A level of a refinement, in one step; its boxes and cells are rows of tables.
struct SceneLevel {
  std::vector<double> spacing;  ///< x first
  std::string box;              ///< path of the column
  SceneRows boxes;
  SceneRows cells;
  std::vector<SceneArray> arrays;  ///< columns of the cells
};

/// One step of a refinement.
struct SceneRefinement {
  std::string name;            ///< in its run
  std::vector<double> origin;  ///< of the domain, x first
  std::vector<SceneLevel> levels;
};

struct Scene {
  std::string run;                 ///< its name; "/" for the root group; of a table "run.table_points", of a step
                                   ///< of a refinement "run.refinement_000012"
  std::string path;                ///< of its group
  std::vector<SceneAxis> axes;     ///< slowest first; empty: nothing to show, or a mesh
  std::vector<ScenePlace> places;  ///< of the points, x first: none where the axes tell
  std::optional<SceneMesh> mesh;   ///< where it changes, the first one
  std::vector<SceneEpoch> epochs;  ///< of a mesh that changes: all steps; else empty
  ReadRows read_rows;              ///< of the study, where meshes are divided into parts
  std::optional<SceneTable> table;
  std::optional<SceneRefinement> refinement;
  std::int64_t steps = 0;
  std::string time_axis = schema::time_of_steps;  ///< whose steps these are
  std::int64_t all_steps = 0;                     ///< of the run
  std::vector<std::int64_t> step_numbers;         ///< in the run, where they are not all of them
  std::vector<SceneArray> arrays;
  std::vector<SceneSeries> series;
  std::vector<std::string> left_out;  ///< what is not shown, and why: "field 'u', which has 4 axes"

  bool empty() const noexcept { return arrays.empty() && !mesh && !table && !refinement; }
  /// Whether the points lie at equal distances along each axis.
  bool is_uniform() const noexcept {
    return std::ranges::none_of(axes, [](const SceneAxis& axis) { return axis.values != nullptr; });
  }
};

/// SceneArray::tensor.
Index tensor_of(const schema::Field& field);

/// Of a run of a file that was read.
Scene scene_of(const schema::StoredRun& run);
/// By the name of a mesh that changes, the version of each step.
using Versions = std::map<std::string, std::vector<std::int64_t>>;

/// The numbers of the steps that a time axis has, by its name; of all but `time`.
using StepNumbers = std::map<std::string, std::vector<std::int64_t>>;

/// Of a run that is being written: what is in the file of it.
Scene scene_of(const schema::Catalog& catalog, int group, const Versions& versions = {}, const StepNumbers& steps = {});

}  // namespace tessera::paraview
