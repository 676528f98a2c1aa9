#pragma once

#include <map>
#include <string>
#include <vector>

#include "paraview/scene.hpp"

/// \file
/// Tables as scenes of their own: the rows of a step are points.

namespace tessera::paraview {

/// Of the tables of a run that say where their rows are, one each; its Scene::run is "run.table_points", as
/// ParaView takes "particles" before the extension for another format.
std::vector<Scene> scenes_of_tables(const schema::StoredRun& run);

/// Of a run that is being written. \param rows of all steps, by table
std::vector<Scene> scenes_of_tables(const schema::Catalog& catalog, int group,
                                    const std::map<std::string, schema::RowSeries>& rows);

}  // namespace tessera::paraview
