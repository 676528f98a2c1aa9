#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "paraview/scene.hpp"

/// \file
/// Refinements as scenes of their own, one for each step.

namespace tessera::paraview {

/// Where the rows of each table are, of all steps.
using TableRows = std::map<std::string, schema::RowSeries>;

/// Of the refinements of a run that have boxes in this step, one each; its Scene::run is "run.refinement_000012".
std::vector<Scene> scenes_of_refinements(const schema::StoredRun& run, const TableRows& rows, std::int64_t step);

/// Of a run that is being written.
std::vector<Scene> scenes_of_refinements(const schema::Catalog& catalog, int group, const TableRows& rows,
                                         std::int64_t step);

/// Of all tables of a run.
TableRows rows_of(const schema::StoredRun& run);

}  // namespace tessera::paraview
