#include "tools/show/series.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>

#include "base/text.hpp"
#include "tools/common/number.hpp"
#include "tools/common/table.hpp"

namespace tessera::tools {

namespace {

std::size_t length_of(const Series& series) { return series.columns.empty() ? 0 : series.columns.front().size(); }

}  // namespace

Series series_of(const schema::StoredRun& run, const schema::StoredScalar* scalar) {
  Series series{"step", {"time"}, {run.times}};
  const auto add = [&](const schema::StoredScalar& one) {
    series.names.push_back(one.name);
    series.columns.push_back(one.values);
    series.columns.back().resize(run.times.size(), std::numeric_limits<double>::quiet_NaN());
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
    std::vector<std::string> row{std::to_string(i)};
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
    text += std::to_string(i);
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
