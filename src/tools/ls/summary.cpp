#include "tools/ls/summary.hpp"

#include <algorithm>
#include <map>

#include <tessera/attribute.hpp>

#include "tools/common/number.hpp"
#include "tools/common/table.hpp"
#include "tools/doctor/text.hpp"

namespace tessera::tools {

namespace {

constexpr std::size_t most_columns = 6;  ///< of parameters

std::string cell_text(const std::string& value) {
  constexpr std::size_t longest = 16;
  return value.size() <= longest ? value : value.substr(0, longest - 3) + "...";
}

/// Name and value of each parameter of a run, as text.
using Parameters = std::map<std::string, std::string>;

Parameters parameters_of(const ListedRun& listed) {
  Parameters parameters;
  for (const Attribute& attribute : listed.run->attributes) {
    parameters[attribute.name] = printable(to_string(attribute.value));
  }
  return parameters;
}

/// "temperature float64 (z 16, y 32, x 32)"
std::string field_text(const ListedField& listed) {
  const schema::Field& field = listed.field->field;
  std::string text = printable(field.name) + " " + to_string(field.stored);
  std::string axes;
  for (const DatasetAxis& axis : axes_of(*listed.field)) {
    if (axis.name == "time") continue;
    axes += (axes.empty() ? "" : ", ") + printable(axis.name) + " " + std::to_string(axis.length);
  }
  return text + " (" + axes + ")";
}

std::string fields_text(const ListedRun& listed) {
  std::string text;
  for (const ListedField& field : listed.fields) text += (text.empty() ? "" : ", ") + field_text(field);
  for (const auto* scalar : listed.scalars) text += (text.empty() ? "" : ", ") + printable(scalar->name);
  return text.empty() ? "none" : text;
}

/// Parameters are alike in all runs, or differ (also where some runs have none of that name).
struct Comparison {
  std::vector<std::string> alike;
  std::vector<std::string> differing;
};

Comparison compare(const std::vector<Parameters>& runs, const std::vector<ListedRun>& listed) {
  Comparison result;
  for (const Attribute& attribute : listed.front().run->attributes) {
    const auto& first = runs.front().at(attribute.name);
    const bool same = std::ranges::all_of(runs, [&](const Parameters& run) {
      const auto found = run.find(attribute.name);
      return found != run.end() && found->second == first;
    });
    (same ? result.alike : result.differing).push_back(attribute.name);
  }
  return result;
}

std::string alike_text(const Comparison& comparison, const Parameters& values) {
  std::string text;
  for (const std::string& name : comparison.alike) {
    text += (text.empty() ? "" : "   ") + printable(name) + " = " + cell_text(values.at(name));
  }
  return text.empty() ? text : text + "\n";
}

}  // namespace

std::string steps_text(const schema::StoredRun& run) {
  if (!run.has_time) return "no steps";
  const auto steps = static_cast<std::int64_t>(run.times.size());
  std::string text = doctor::count_text(steps, "step");
  if (steps == 0) return text;
  text += ", time " + rounded(run.times.front(), 9);
  if (steps > 1) text += " to " + rounded(run.times.back(), 9);
  const std::string& unit = run.run.options.time_unit;
  return unit.empty() ? text : text + " " + printable(unit);
}

std::string summary_text(const Listing& listing) {
  std::vector<Parameters> parameters;
  std::vector<std::string> fields;
  for (const ListedRun& run : listing.runs) {
    parameters.push_back(parameters_of(run));
    fields.push_back(fields_text(run));
  }
  Comparison comparison = compare(parameters, listing.runs);
  // Of those that were not read nothing is said.
  const std::string which = listing.left_out > 0 ? "these runs" : "all runs";
  std::string text = "\n";
  if (const std::string alike = alike_text(comparison, parameters.front()); !alike.empty()) {
    text += "  " + which + ": " + alike;
  }
  const bool same_fields = std::ranges::all_of(fields, [&](const std::string& one) { return one == fields.front(); });
  if (same_fields) text += "  fields of " + which + ": " + fields.front() + "\n";

  if (comparison.differing.size() > most_columns) comparison.differing.resize(most_columns);
  std::vector<Table::Column> columns{{"run"}, {"steps", Table::Align::right}, {"time"}};
  for (const std::string& name : comparison.differing) columns.push_back({printable(name), Table::Align::right});
  columns.push_back({same_fields ? "" : "fields"});
  Table table(columns);
  for (std::size_t i = 0; i < listing.runs.size(); ++i) {
    if (listing.left_out > 0 && i == listing.left_out_at) {
      std::vector<std::string> dots(columns.size());
      dots[0] = "... " + std::to_string(listing.left_out) + " more";
      table.add(std::move(dots));
    }
    const schema::StoredRun& run = *listing.runs[i].run;
    std::string range;
    if (!run.times.empty()) range = rounded(run.times.front()) + " to " + rounded(run.times.back());
    std::vector<std::string> row{printable(run.run.name), std::to_string(run.times.size()), range};
    for (const std::string& name : comparison.differing) {
      const auto found = parameters[i].find(name);
      row.push_back(found == parameters[i].end() ? "" : cell_text(found->second));
    }
    row.push_back(same_fields ? "" : fields[i]);
    table.add(std::move(row));
  }
  return text + table.text(2);
}

}  // namespace tessera::tools
