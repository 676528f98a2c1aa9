#include <tessera/stored_refinement.hpp>

#include <algorithm>
#include <optional>
#include <span>
#include <variant>

#include <tessera/error.hpp>

#include "base/attempt.hpp"
#include "base/saturate.hpp"
#include "base/text.hpp"
#include "schema/refinement.hpp"
#include "schema/table.hpp"

/// \file
/// Refinements as tables that are read by the public handles.

namespace tessera {

namespace {

template <class T>
T attribute_of(const FieldInfo& column, const char* name) {
  const auto found = std::ranges::find(column.attributes, name, &Attribute::name);
  const std::string what = "attribute " + in_quotes(name) + " of field " + in_quotes(column.name);
  if (found == column.attributes.end()) throw Error(ErrorCode::not_found, "there is no " + what);
  return detail::attribute_as<T>(found->value, what);
}

/// The file has x first.
template <class T>
std::vector<T> slowest_first(std::vector<T> values) {
  std::ranges::reverse(values);
  return values;
}

/// What the file says of a level.
struct Level {
  Index cells;
  Index ratio;
  std::vector<double> spacing;
  std::vector<double> origin;
};

/// A single number where axes do not differ.
Index ratio_of(const FieldInfo& column, std::size_t axes) {
  const auto found = std::ranges::find(column.attributes, schema::refinement_ratio, &Attribute::name);
  const bool is_list =
      found != column.attributes.end() && std::holds_alternative<std::vector<std::int64_t>>(found->value.storage());
  if (!is_list) return Index::filled(axes, attribute_of<std::int64_t>(column, schema::refinement_ratio));
  return Index(slowest_first(attribute_of<std::vector<std::int64_t>>(column, schema::refinement_ratio)));
}

bool has_level(const StoredRun& run, const std::string& name, int level) {
  return run.has_field(schema::box_column(name, level));
}

int levels_in(const StoredRun& run, const std::string& name) {
  int levels = 0;
  while (has_level(run, name, levels)) ++levels;
  return levels;
}

Level level_of(const StoredRun& run, const std::string& name, int level) {
  if (level < 0 || !has_level(run, name, level)) {
    throw Error(ErrorCode::not_found, "refinement " + in_quotes(name) + " has " + std::to_string(levels_in(run, name)) +
                                          " levels with boxes, and no level " + std::to_string(level));
  }
  const FieldInfo column = run.field(schema::box_column(name, level));
  Level found{Index(slowest_first(attribute_of<std::vector<std::int64_t>>(column, schema::domain_cells))),
              {},
              slowest_first(attribute_of<std::vector<double>>(column, schema::cell_size)),
              slowest_first(attribute_of<std::vector<double>>(column, schema::domain_origin))};
  const std::size_t axes = found.cells.size();
  found.ratio = ratio_of(column, axes);
  const bool is_whole = axes > 0 && found.ratio.size() == axes && found.spacing.size() == axes &&
                        found.origin.size() == axes && column.components == 2 * static_cast<std::int64_t>(axes);
  if (is_whole) return found;
  throw Error(ErrorCode::hdf5, "the attributes of field " + in_quotes(column.name) +
                                   " do not have one value for each axis of its boxes");
}

}  // namespace

const std::vector<Box>& RefinedStep::boxes(int level) const noexcept {
  static const std::vector<Box> none;
  return level >= 0 && level < levels() ? boxes_[static_cast<std::size_t>(level)] : none;
}

/// Where there is no such box, read() tells.
RefinedStep::Place RefinedStep::find(const std::string& field, int level, std::size_t number) {
  Place place;
  std::optional<Error> failure;
  attempt(failure, [&] {
    const std::string what = "field " + in_quotes(field) + " on refinement " + in_quotes(name_) + ": step " +
                             std::to_string(this->number()) + " has ";
    if (level < 0 || level >= levels()) {
      throw Error(ErrorCode::not_found, what + "boxes on " + std::to_string(levels()) + " levels, and none on level " +
                                            std::to_string(level));
    }
    const auto& begins = begins_[static_cast<std::size_t>(level)];
    if (number + 1 >= begins.size()) {
      throw Error(ErrorCode::out_of_bounds, what + std::to_string(begins.size() - 1) + " boxes on level " +
                                                std::to_string(level) + ", and no box " + std::to_string(number));
    }
    place.column = schema::level_name(field, level);
    if (!run_.has_field(place.column)) {
      throw Error(ErrorCode::not_found, "refinement " + in_quotes(name_) + " has no field " + in_quotes(field) +
                                            " on level " + std::to_string(level) +
                                            "; StoredRefinement::fields lists them");
    }
    place.rows = {{begins[number]}, {begins[number + 1]}};
    place.is_there = true;
  });
  if (failure) step_.note(std::move(*failure));
  return place;
}

StoredRefinement::StoredRefinement(StoredRun run, const std::string& name) : run_(std::move(run)), name_(name) {
  if (!has_level(run_, name_, 0)) {
    throw Error(ErrorCode::not_found, "run " + in_quotes(run_.name()) + " has no refinement " + in_quotes(name) +
                                          " with boxes; tessera::refinements lists them");
  }
  for (int level = 0; level < levels(); ++level) level_of(run_, name_, level);  // that they are whole
}

int StoredRefinement::levels() const { return levels_in(run_, name_); }
Index StoredRefinement::cells(int level) const { return level_of(run_, name_, level).cells; }
std::int64_t StoredRefinement::ratio(int level) const { return std::ranges::max(ratios(level)); }
Index StoredRefinement::ratios(int level) const { return level_of(run_, name_, level).ratio; }
std::vector<double> StoredRefinement::spacing(int level) const { return level_of(run_, name_, level).spacing; }
std::vector<double> StoredRefinement::origin() const { return level_of(run_, name_, 0).origin; }

std::vector<std::string> StoredRefinement::fields() const {
  const std::string ending = schema::level_name("", 0);
  std::vector<std::string> names;
  for (const std::string& field : run_.fields()) {
    if (!field.ends_with(ending)) continue;
    const auto axes = run_.field(field).grid.options.axes;
    if (axes.size() != 1 || axes.front() != schema::rows_name(schema::cells_table(name_, 0))) continue;
    names.push_back(schema::name_without_level(field, 0));
  }
  return names;
}

namespace {

/// Where the cells of each box begin among those of their level, and what is behind the last.
/// \param stored as the column has them
std::vector<std::int64_t> begins_of(const std::string& where, const Index& domain, std::span<const std::int64_t> stored,
                                    std::int64_t cells) {
  const std::size_t axes = domain.size();
  std::vector<std::int64_t> begins(1, 0);
  for (std::size_t at = 0; at < stored.size(); at += 2 * axes) {
    if (!schema::is_box_in(domain, stored.data() + at)) {
      throw Error(ErrorCode::hdf5, where + ": the box " + std::to_string(at / (2 * axes)) +
                                       " has no cells, or some outside the domain; the file is damaged");
    }
    begins.push_back(saturating_sum(begins.back(), schema::box_of(stored.data() + at, axes).volume()));
  }
  if (begins.back() == cells) return begins;
  throw Error(ErrorCode::hdf5, where + ": the boxes have " + std::to_string(begins.back()) + " cells, and the fields " +
                                   std::to_string(cells) + "; the file is damaged");
}

}  // namespace

/// On every rank alike.
void RefinedStep::find_boxes() {
  std::vector<Index> domains;
  std::vector<std::vector<std::int64_t>> stored;
  std::optional<Error> failure;
  attempt(failure, [&] {
    for (int level = 0; has_level(run_, name_, level); ++level) {
      const std::int64_t boxes = step_.rows(schema::boxes_table(name_, level));
      if (boxes <= 0) break;
      const Index& cells = domains.emplace_back(level_of(run_, name_, level).cells);
      auto& numbers = stored.emplace_back(2 * cells.size() * static_cast<std::size_t>(boxes));
      step_.get(schema::box_column(name_, level), {{0}, {boxes}}, numbers.data());
    }
  });
  if (failure) step_.note(std::move(*failure));
  step_.read();
  for (std::size_t number = 0; number < stored.size(); ++number) {
    const auto level = static_cast<int>(number);
    const std::string where = "level " + std::to_string(level) + " of refinement " + in_quotes(name_) + " in step " +
                              std::to_string(this->number());
    begins_.push_back(begins_of(where, domains[number], stored[number], step_.rows(schema::cells_table(name_, level))));
    auto& boxes = boxes_.emplace_back();
    const std::size_t width = 2 * domains[number].size();
    for (std::size_t at = 0; at < stored[number].size(); at += width)
      boxes.push_back(schema::box_of(stored[number].data() + at, width / 2));
    stored[number] = {};
  }
}

RefinedStep StoredRefinement::step(std::int64_t number) const {
  RefinedStep result(run_, run_.step(number), name_);
  result.find_boxes();
  return result;
}

std::vector<std::string> refinements(const StoredRun& run) {
  std::vector<std::string> names;
  const std::string ending = schema::box_column("", 0);
  for (const std::string& field : run.fields()) {
    if (!field.ends_with(ending)) continue;
    const std::string name = field.substr(0, field.size() - ending.size());
    const FieldInfo column = run.field(field);
    const auto found = std::ranges::find(column.attributes, schema::refinement_name, &Attribute::name);
    const auto* text = found == column.attributes.end() ? nullptr : std::get_if<std::string>(&found->value.storage());
    if (text != nullptr && *text == name) names.push_back(name);
  }
  return names;
}

}  // namespace tessera
