#include "paraview/scene_table.hpp"

#include <utility>

#include "base/text.hpp"
#include "paraview/obstacle.hpp"
#include "paraview/unique_names.hpp"

namespace tessera::paraview {

namespace {

using Columns = std::vector<const schema::Field*>;

/// \returns nothing where no column has three floating-point numbers and the name of the position
std::optional<Scene> scene_of_table(const schema::Run& run, const std::string& table, const std::string& position,
                                    const Columns& columns, schema::RowSeries rows) {
  Scene scene;
  scene.run = (run.path == "/" ? "" : run.name + ".") + table + "_points";
  scene.path = run.path;
  scene.steps = static_cast<std::int64_t>(rows.counts.size());
  UniqueNames names;
  for (const schema::Field* column : columns) {
    const std::string why = obstacle_of_type(column->stored);
    if (column->name == position && why.empty()) {
      const bool is_place =
          column->components == 3 && column->tensor_axes.empty() && detail::element_type(column->stored).is_floating;
      if (is_place) scene.table.emplace(SceneTable{column->path, column->stored, 0, {}});
    } else if (!why.empty()) {
      scene.left_out.push_back("column " + in_quotes(column->name) + ", which " + why);
    } else {
      scene.arrays.push_back({names.unique(column->name),
                              column->path,
                              column->stored,
                              Location::point,
                              {},
                              column->components,
                              true,
                              {},
                              tensor_of(*column)});
    }
  }
  if (!scene.table || scene.steps == 0) return {};
  scene.table->length = rows.end_of(rows.counts.size());
  scene.table->rows = std::move(rows);
  return scene;
}

}  // namespace

std::vector<Scene> scenes_of_tables(const schema::StoredRun& run) {
  std::vector<Scene> scenes;
  for (const schema::StoredTable& table : run.tables) {
    Columns columns;
    for (const auto& stored : run.fields) {
      if (stored.field.table == table.name) columns.push_back(&stored.field);
    }
    if (auto scene = scene_of_table(run.run, table.name, table.options.position, columns,
                                    schema::row_series_of(run, table.name)))
      scenes.push_back(std::move(*scene));
  }
  return scenes;
}

std::vector<Scene> scenes_of_tables(const schema::Catalog& catalog, int number,
                                    const std::map<std::string, schema::RowSeries>& rows) {
  std::vector<Scene> scenes;
  const schema::Group& group = catalog.group(number);
  for (const auto& [name, series] : rows) {
    const std::string& table = name;  // clang 14 captures no structured binding
    Columns columns;
    group.fields.for_each([&](int, const schema::FieldRecord& record) {
      if (record.field.table == table && catalog.state(record.batch) == schema::State::in_file)
        columns.push_back(&record.field);
    });
    const TableOptions& options = group.rows.find(table)->options;
    if (auto scene = scene_of_table(*group.run, table, options.position, columns, series))
      scenes.push_back(std::move(*scene));
  }
  return scenes;
}

}  // namespace tessera::paraview
