#include "tools/show/series.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>

#include "base/text.hpp"
#include "tools/common/number.hpp"
#include "tools/common/table.hpp"

namespace tessera::tools {

namespace {

/// NaN in steps that the scalar has not got.
std::vector<double> by_steps(const schema::StoredRun& run, const schema::StoredScalar& scalar) {
  std::vector<double> values(run.times.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t step = 0; step < values.size(); ++step) {
    const auto place = run.place_of(scalar.options.time_axis, static_cast<std::int64_t>(step));
    if (place && *place < std::ssize(scalar.values)) values[step] = scalar.values[static_cast<std::size_t>(*place)];
  }
  return values;
}

std::size_t length_of(const Series& series) { return series.columns.empty() ? 0 : series.columns.front().size(); }

}  // namespace

Series series_of(const schema::StoredRun& run, const schema::StoredScalar* scalar) {
  Series series{"step", {"time"}, {run.times}};
  const auto add = [&](const schema::StoredScalar& one) {
    series.names.push_back(one.name);
    series.columns.push_back(by_steps(run, one));
  };
  if (scalar != nullptr) {
    add(*scalar);
  } else {
    std::ranges::for_each(run.scalars, add);
  }
  return series;
}

std::string series_text(const Series& series, bool full) {
  constexpr std::size_t most = 40;
  std::vector<Table::Column> columns{{series.counted, Table::Align::right}};
  for (const std::string& name : series.names) columns.push_back({printable(name), Table::Align::right});
  Table table(columns);
  const std::size_t length = length_of(series);
  for (std::size_t i = 0; i < length; ++i) {
    if (!full && length > most && i == most / 2) {
      std::vector<std::string> row(columns.size());
      row[0] = "...";
      table.add(std::move(row));
      i = length - most / 2;
    }
    std::vector<std::string> row{std::to_string(series.number(i))};
    for (const auto& column : series.columns) row.push_back(rounded(column[i], 9));
    table.add(std::move(row));
  }
  return table.text(2);
}

std::string series_csv(const Series& series) {
  std::string text = series.counted;
  for (const std::string& name : series.names) text += "," + printable(name);
  text += "\n";
  for (std::size_t i = 0; i < length_of(series); ++i) {
    text += std::to_string(series.number(i));
    for (const auto& column : series.columns) text += "," + exact(column[i]);
    text += "\n";
  }
  return text;
}

Json series_json(const Series& series) {
  Json json = Json::object();
  for (std::size_t i = 0; i < series.names.size(); ++i) json[series.names[i]] = series.columns[i];
  return json;
}

}  // namespace tessera::tools
