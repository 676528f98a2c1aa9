#include <tessera/stored_refinement.hpp>

#include <algorithm>

#include <tessera/error.hpp>

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

}  // namespace

const std::vector<Box>& RefinedStep::boxes(int level) const noexcept {
  static const std::vector<Box> none;
  return level >= 0 && level < levels() ? boxes_[static_cast<std::size_t>(level)] : none;
}

/// Of what there is not: behind the last one, which read() refuses.
Box RefinedStep::rows(int level, std::size_t number) const {
  if (level < 0 || level >= levels()) return {{0}, {1}};
  const auto& begins = begins_[static_cast<std::size_t>(level)];
  if (number + 1 < begins.size()) return {{begins[number]}, {begins[number + 1]}};
  return {{begins.back()}, {begins.back() + 1}};
}

StoredRefinement::StoredRefinement(StoredRun run, const std::string& name) : run_(std::move(run)), name_(name) {
  for (int level = 0; run_.has_field(schema::box_column(name, level)); ++level) {
    const FieldInfo column = run_.field(schema::box_column(name, level));
    cells_.emplace_back(slowest_first(attribute_of<std::vector<std::int64_t>>(column, schema::domain_cells)));
    ratios_.push_back(attribute_of<std::int64_t>(column, schema::refinement_ratio));
    spacings_.push_back(slowest_first(attribute_of<std::vector<double>>(column, schema::cell_size)));
    origin_ = slowest_first(attribute_of<std::vector<double>>(column, schema::domain_origin));
    const std::size_t axes = cells_.front().size();
    const bool is_whole = cells_.back().size() == axes && spacings_.back().size() == axes && origin_.size() == axes &&
                          column.components == 2 * static_cast<std::int64_t>(axes);
    if (!is_whole) {
      throw Error(ErrorCode::hdf5, "the attributes of field " + in_quotes(column.name) +
                                       " do not have one value for each axis of its boxes");
    }
  }
  if (ratios_.empty()) {
    throw Error(ErrorCode::not_found,
                "run " + in_quotes(run_.name()) + " has no refinement " + in_quotes(name) + " with boxes");
  }
}

std::size_t StoredRefinement::checked(int level) const {
  if (level >= 0 && level < levels()) return static_cast<std::size_t>(level);
  throw Error(ErrorCode::not_found, "refinement " + in_quotes(name_) + " has " + std::to_string(levels()) +
                                        " levels with boxes, and no level " + std::to_string(level));
}

Index StoredRefinement::cells(int level) const { return cells_[checked(level)]; }
std::int64_t StoredRefinement::ratio(int level) const { return ratios_[checked(level)]; }
std::vector<double> StoredRefinement::spacing(int level) const { return spacings_[checked(level)]; }

std::vector<std::string> StoredRefinement::fields() const {
  const std::string ending = schema::level_name("", 0);
  std::vector<std::string> names;
  for (const std::string& field : run_.fields()) {
    if (!field.ends_with(ending)) continue;
    const auto axes = run_.field(field).grid.options.axes;
    if (axes.size() != 1 || axes.front() != schema::rows_name(schema::cells_table(name_, 0))) continue;
    names.push_back(field.substr(0, field.size() - ending.size()));
  }
  return names;
}

RefinedStep StoredRefinement::step(std::int64_t number) const {
  RefinedStep result(run_.step(number));
  const std::size_t axes = cells_.front().size();
  std::vector<std::vector<std::int64_t>> stored;
  for (int level = 0; level < levels(); ++level) {
    const std::int64_t boxes = result.step_.rows(schema::boxes_table(name_, level));
    if (boxes == 0) break;
    stored.emplace_back(2 * axes * static_cast<std::size_t>(boxes));
  }
  for (std::size_t level = 0; level < stored.size(); ++level) {
    const auto boxes = static_cast<std::int64_t>(stored[level].size() / (2 * axes));
    result.step_.get(schema::box_column(name_, static_cast<int>(level)), {{0}, {boxes}}, stored[level]);
  }
  result.step_.read();
  for (const auto& numbers : stored) {
    auto& boxes = result.boxes_.emplace_back();
    auto& begins = result.begins_.emplace_back(1, 0);
    for (std::size_t at = 0; at < numbers.size(); at += 2 * axes) {
      boxes.push_back(schema::box_of(numbers.data() + at, axes));
      begins.push_back(begins.back() + boxes.back().volume());
    }
  }
  return result;
}

}  // namespace tessera
