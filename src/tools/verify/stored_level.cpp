#include "tools/verify/stored_level.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <variant>
#include <vector>

#include "base/saturate.hpp"
#include "schema/refinement.hpp"

namespace tessera::tools {

namespace {

constexpr std::size_t most_axes = 3;

/// The file has x first; nothing where there is no such attribute, or more numbers than a refinement has axes.
Index index_in(const schema::Field& column, const char* name) {
  const auto found = std::ranges::find(column.attributes, name, &Attribute::name);
  if (found == column.attributes.end()) return {};
  const auto* list = std::get_if<std::vector<std::int64_t>>(&found->value.storage());
  return list == nullptr || list->size() > most_axes ? Index{} : Index(list->rbegin(), list->rend());
}

/// A single number where axes do not differ.
Index ratio_in(const schema::Field& column, std::size_t axes) {
  const auto found = std::ranges::find(column.attributes, schema::refinement_ratio, &Attribute::name);
  if (found == column.attributes.end()) return {};
  const auto* one = std::get_if<std::int64_t>(&found->value.storage());
  return one == nullptr ? index_in(column, schema::refinement_ratio) : Index::filled(axes, *one);
}

}  // namespace

std::optional<StoredLevel> stored_level(const schema::StoredRun& run, const std::string& refinement, int level) {
  const schema::StoredField* box = run.field(schema::box_column(refinement, level));
  const std::string boxes = schema::boxes_table(refinement, level), cells = schema::cells_table(refinement, level);
  if (box == nullptr || run.table(boxes) == nullptr || run.table(cells) == nullptr) return std::nullopt;
  const Index domain = index_in(box->field, schema::domain_cells);
  return StoredLevel{box, schema::row_series_of(run, boxes), schema::row_series_of(run, cells), domain,
                     ratio_in(box->field, domain.size())};
}

std::string what_is_wrong(const StoredLevel& level, const StoredLevel* coarser) {
  const std::size_t axes = level.domain.size();
  if (axes == 0 || level.ratio.size() != axes || level.box->field.components != 2 * static_cast<std::int64_t>(axes))
    return "its attributes do not have one number for each axis of its boxes";
  std::int64_t cells = 1;
  for (const std::int64_t one : level.domain) cells = saturating_product(cells, std::max<std::int64_t>(one, 0));
  if (cells == 0 || cells == std::numeric_limits<std::int64_t>::max() || std::ranges::min(level.ratio) < 1) {
    return "its attributes say that the domain has " + to_string(level.domain) + " cells, and the ratio is " +
           schema::ratio_text(level.ratio) + ", which cannot be";
  }
  if (coarser == nullptr) return {};
  bool fits = coarser->domain.size() == axes;
  for (std::size_t axis = 0; fits && axis < axes; ++axis)
    fits = saturating_product(coarser->domain[axis], level.ratio[axis]) == level.domain[axis];
  if (fits) return {};
  return "its domain of " + to_string(level.domain) + " cells is not the one of the level before, " +
         to_string(coarser->domain) + ", times the ratio, " + schema::ratio_text(level.ratio);
}

}  // namespace tessera::tools
