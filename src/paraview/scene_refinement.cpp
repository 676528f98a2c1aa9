#include "paraview/scene_refinement.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <variant>

#include "base/text.hpp"
#include "paraview/obstacle.hpp"
#include "schema/refinement.hpp"

namespace tessera::paraview {

namespace {

using Fields = std::vector<const schema::Field*>;
template <class T>
std::vector<T> numbers_of(const schema::Field& field, const char* name) {
  const auto found = std::ranges::find(field.attributes, name, &Attribute::name);
  if (found == field.attributes.end()) return {};
  const auto* list = std::get_if<std::vector<T>>(&found->value.storage());
  return list != nullptr ? *list : std::vector<T>();
}

/// What a step has of a table.
SceneRows rows_at(const TableRows& rows, const std::string& table, std::int64_t step) {
  const auto found = rows.find(table);
  const auto number = static_cast<std::size_t>(step);
  if (found == rows.end() || number >= found->second.counts.size()) return {};
  return {found->second.begins[number], found->second.counts[number]};
}

std::string six_digits(std::int64_t step) {
  std::string number = std::to_string(step);
  number.insert(0, number.size() < 6 ? 6 - number.size() : 0, '0');
  return number;
}

/// A name that VTK takes.
std::string shown_name(std::string name) {
  for (char& letter : name) {
    if (letter == '.' || letter == '/') letter = '_';
  }
  return name;
}

class Builder {
 public:
  Builder(const schema::Run& run, const std::string& name, const Fields& fields, const TableRows& rows,
          std::int64_t step)
      : fields_(fields), rows_(rows), step_(step) {
    scene_.run = (run.path == "/" ? "" : run.name + ".") + name + "_" + six_digits(step);
    scene_.path = run.path;
    scene_.steps = 1;
    refinement_.name = name;
  }

  std::optional<Scene> build() {
    while (add_level(static_cast<int>(refinement_.levels.size()))) {
    }
    if (refinement_.levels.empty()) return {};
    scene_.refinement = std::move(refinement_);
    return std::move(scene_);
  }

 private:
  const schema::Field* find(const std::string& name) const {
    const auto found = std::ranges::find(fields_, name, &schema::Field::name);
    return found == fields_.end() ? nullptr : *found;
  }

  bool add_level(int number) {
    const std::string& name = refinement_.name;
    const schema::Field* box = find(schema::box_column(name, number));
    if (box == nullptr) return false;
    SceneLevel level{numbers_of<double>(*box, schema::cell_size),
                     box->path,
                     rows_at(rows_, schema::boxes_table(name, number), step_),
                     rows_at(rows_, schema::cells_table(name, number), step_),
                     {}};
    const auto origin = numbers_of<double>(*box, schema::domain_origin);
    const bool is_whole = level.spacing.size() == origin.size() && 2 * std::ssize(origin) == box->components;
    if (!is_whole || level.boxes.count == 0 || level.cells.count == 0) return false;
    refinement_.origin = origin;
    add_fields(level, number);
    refinement_.levels.push_back(std::move(level));
    return true;
  }

  /// Those that level 0 has too: all levels are to have the same ones.
  void add_fields(SceneLevel& level, int number) {
    const std::string ending = schema::level_name("", number);
    for (const schema::Field* field : fields_) {
      if (field->table != schema::cells_table(refinement_.name, number) || !field->name.ends_with(ending)) continue;
      const std::string base = field->name.substr(0, field->name.size() - ending.size());
      if (number == 0 && !take(base, *field)) continue;
      const auto known = names_.find(base);
      if (known == names_.end()) continue;
      level.arrays.push_back({known->second,
                              field->path,
                              field->stored,
                              Location::cell,
                              {},
                              field->components,
                              true,
                              {},
                              tensor_of(*field)});
    }
  }

  /// By the first level.
  bool take(const std::string& name, const schema::Field& field) {
    if (const std::string why = obstacle_of_type(field.stored); !why.empty()) {
      scene_.left_out.push_back("field " + in_quotes(name) + ", which " + why);
      return false;
    }
    const std::string shown = shown_name(name);
    if (!taken_.insert(shown).second) {
      scene_.left_out.push_back("field " + in_quotes(name) + ", which VTK would call as another one");
      return false;
    }
    names_[name] = shown;
    scene_.arrays.push_back(
        {shown, field.path, field.stored, Location::cell, {}, field.components, true, {}, tensor_of(field)});
    return true;
  }

  Scene scene_;
  SceneRefinement refinement_;
  std::map<std::string, std::string> names_;  ///< as shown
  std::set<std::string> taken_;
  const Fields& fields_;
  const TableRows& rows_;
  std::int64_t step_;
};

/// By the columns of the boxes of level 0.
std::vector<Scene> scenes_of(const schema::Run& run, const Fields& fields, const TableRows& rows, std::int64_t step) {
  std::vector<Scene> scenes;
  for (const schema::Field* field : fields) {
    const auto name = std::ranges::find(field->attributes, schema::refinement_name, &Attribute::name);
    if (name == field->attributes.end()) continue;
    const auto* text = std::get_if<std::string>(&name->value.storage());
    if (text == nullptr || field->name != schema::box_column(*text, 0)) continue;
    if (auto scene = Builder(run, *text, fields, rows, step).build()) scenes.push_back(std::move(*scene));
  }
  return scenes;
}

}  // namespace

std::vector<Scene> scenes_of_refinements(const schema::StoredRun& run, const TableRows& rows, std::int64_t step) {
  Fields fields;
  for (const auto& stored : run.fields) {
    if (!stored.field.table.empty()) fields.push_back(&stored.field);
  }
  return scenes_of(run.run, fields, rows, step);
}

std::vector<Scene> scenes_of_refinements(const schema::Catalog& catalog, int number, const TableRows& rows,
                                         std::int64_t step) {
  const schema::Group& group = catalog.group(number);
  Fields fields;
  group.fields.for_each([&](int, const schema::FieldRecord& record) {
    if (!record.field.table.empty() && catalog.state(record.batch) == schema::State::in_file)
      fields.push_back(&record.field);
  });
  return scenes_of(*group.run, fields, rows, step);
}

TableRows rows_of(const schema::StoredRun& run) {
  TableRows rows;
  for (const schema::StoredTable& table : run.tables) rows[table.name] = schema::row_series_of(run, table.name);
  return rows;
}

}  // namespace tessera::paraview
