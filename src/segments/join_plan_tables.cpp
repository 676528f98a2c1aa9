#include <algorithm>
#include <cstring>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "schema/time_axis.hpp"
#include "segments/join_plan.hpp"

/// \file
/// Tables of several segments: where the rows of each lie among those of all.

namespace tessera::segments {

namespace {

using hdf5::SurveyedDataset;

std::string text_of(const Attributes& attributes, const char* name) {
  const auto found = std::ranges::find(attributes, name, &Attribute::name);
  const auto* text = found == attributes.end() ? nullptr : std::get_if<std::string>(&found->value.storage());
  return text == nullptr ? std::string() : *text;
}

/// The table that a dataset counts the rows of, by its path; empty for others.
std::string counted_table(const SurveyedDataset& dataset) {
  const std::string rows = text_of(dataset.attributes, schema::row_dimension);
  const std::string group = dataset.path.substr(0, dataset.path.rfind('/') + 1);
  if (rows.empty() || dataset.grid.extents.size() != 1 || dataset.element != DataType::int64) return {};
  const std::string table = rows.substr(0, rows.size() - std::min(rows.size(), schema::rows_name("").size()));
  return dataset.path == group + schema::count_name(table) ? group + table : std::string();
}

std::vector<std::int64_t> integers(const hdf5::Survey& survey, const SurveyedDataset& dataset) {
  const std::vector<std::byte> bytes = survey.elements(dataset);
  std::vector<std::int64_t> values(bytes.size() / sizeof(std::int64_t));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(std::int64_t));
  return values;
}

}  // namespace

/// Before pieces of axes are looked at: rows are none.
void JoinPlan::find_tables() {
  for (const auto& datasets : by_path_) {
    for (const auto& [path, dataset] : datasets) {
      const std::string table = counted_table(*dataset);
      if (!table.empty()) tables_.try_emplace(table);
    }
  }
}

const std::string* JoinPlan::table_with(const std::string& path, std::string (*name)(const std::string&)) const {
  for (const auto& [table, rows] : tables_) {
    if (path == name(table)) return &table;
  }
  return nullptr;
}

/// The table of a column; nullptr: it is none.
const std::string* JoinPlan::table_of(const SurveyedDataset& column) const {
  if (!column.grid.is_column) return nullptr;
  const std::string group = column.path.substr(0, column.path.rfind('/') + 1);
  const auto found = tables_.find(group + text_of(column.attributes, schema::rows_of));
  return found == tables_.end() ? nullptr : &found->first;
}

const JoinedRows& JoinPlan::rows(const std::string& table) {
  std::optional<JoinedRows>& known = tables_.at(table);
  if (known) return *known;
  const Pieces& time = pieces(table.substr(0, table.rfind('/') + 1) + "time");
  std::vector<SegmentRows> of;
  for (std::size_t segment = 0; segment < segments_.size(); ++segment) {
    const SurveyedDataset* begins = in(segment, schema::begin_name(table));
    const SurveyedDataset* counts = in(segment, schema::count_name(table));
    if (begins == nullptr || counts == nullptr || begins->element != DataType::int64) continue;
    const hdf5::Survey& survey = *segments_[segment].survey;
    SegmentRows& one = of.emplace_back(SegmentRows{segment, time.begin[segment], time.count[segment], 0, 1, {}});
    one.series = {integers(survey, *begins), integers(survey, *counts)};
    for (const auto& [path, dataset] : by_path_[segment]) {
      const std::string* own = table_of(*dataset);
      if (own == nullptr || *own != table) continue;
      one.chunk_rows = dataset->grid.chunk[0];
      one.length =
          one.length == 0 ? dataset->grid.extents[0] : std::min<std::uint64_t>(one.length, dataset->grid.extents[0]);
    }
  }
  known = joined_rows(table, of, time.length);
  return *known;
}

/// \return whether the dataset is one of a table's
bool JoinPlan::add_of_table(const std::string& path, std::size_t first) {
  hdf5::JoinedDataset joined;
  joined.path = path;
  joined.like = first;
  const SurveyedDataset& dataset = *in(first, path);
  joined.extents = dataset.grid.extents;
  if (const std::string* table = table_with(path, schema::rows_name)) {
    joined.extents = {rows(*table).length};
  } else if (const std::string* begun = table_with(path, schema::begin_name)) {
    joined.values = rows(*begun).series.begins;
  } else if (const std::string* counted = table_with(path, schema::count_name)) {
    joined.values = rows(*counted).series.counts;
  } else if (const std::string* column = table_of(dataset)) {
    joined.extents[0] = rows(*column).length;
    add_rows(joined, rows(*column));
  } else {
    return false;
  }
  for (std::size_t segment = first; segment < segments_.size(); ++segment) {
    if (in(segment, path) != nullptr) require_alike(path, first, segment);
  }
  if (!dataset.is_scale) joined.scales = scales_of(first, dataset);
  if (joined.values) joined.extents = {joined.values->size()};
  datasets_.push_back(std::move(joined));
  return true;
}

void JoinPlan::add_rows(hdf5::JoinedDataset& column, const JoinedRows& rows) const {
  for (const RowsPart& part : rows.parts) {
    if (in(part.segment, column.path) == nullptr) continue;
    hdf5::SegmentPart& added =
        column.parts.emplace_back(hdf5::SegmentPart{part.segment, {part.begin}, {part.count}, {part.source}});
    for (std::size_t axis = 1; axis < column.extents.size(); ++axis) {
      added.begin.push_back(0);
      added.count.push_back(column.extents[axis]);
      added.source.push_back(0);
    }
  }
  column.is_virtual = !column.parts.empty();
}

/// What a time axis with some of the steps has of those that count.
void JoinPlan::keep_counted(const std::string& axis, std::vector<Coordinates>& of) {
  const std::string time = axis.substr(0, axis.rfind('/') + 1) + schema::time_of_steps;
  const Pieces& steps = pieces(time);
  for (std::size_t segment = 0; segment < of.size(); ++segment) {
    std::vector<double> counted = coordinates(segment, time).values;
    counted.resize(std::min<std::size_t>(counted.size(), steps.count[segment]));
    std::vector<double>& own = of[segment].values;
    own.resize(static_cast<std::size_t>(
        std::ranges::count_if(own, [&](double one) { return !counted.empty() && one <= counted.back(); })));
    of[segment].length = own.size();
  }
}

}  // namespace tessera::segments
