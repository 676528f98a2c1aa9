#include "tools/ls/text.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <tessera/attribute.hpp>

#include "base/text.hpp"
#include "tools/common/find.hpp"
#include "tools/common/number.hpp"
#include "tools/common/table.hpp"
#include "tools/doctor/text.hpp"
#include "tools/ls/summary.hpp"

namespace tessera::tools {

namespace {

using Column = Table::Column;
constexpr auto right = Table::Align::right;

std::string value_text(const AttributeValue& value, const ListStyle& style) {
  std::string text = printable(to_string(value));
  constexpr std::size_t longest = 48;
  if (style.details || text.size() <= longest) return text;
  std::size_t end = longest - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

/// "a = 1   b = 2", in lines of the terminal's width.
std::string attributes_text(const Attributes& attributes, std::size_t indent, const ListStyle& style) {
  const std::string margin(indent, ' ');
  std::string text;
  std::string line;
  for (const Attribute& attribute : attributes) {
    const std::string one = printable(attribute.name) + " = " + value_text(attribute.value, style);
    const bool fits = width_of(line) + width_of(one) + 3 <= static_cast<std::size_t>(style.columns);
    if (!line.empty() && (!fits || style.details)) {
      text += line + "\n";
      line.clear();
    }
    line += (line.empty() ? margin : "   ") + one;
  }
  return line.empty() ? text : text + line + "\n";
}

std::string axes_text(const ListedRun& listed) {
  Table table({{"axis"}, {"points", right}, {"from", right}, {"to", right}, {"spacing", right}, {"unit"}});
  for (const schema::TimeAxis& axis : listed.run->time_axes) {
    const bool has_steps = !axis.times.empty();
    table.add({printable(axis.name), std::to_string(axis.times.size()), has_steps ? rounded(axis.times.front()) : "",
               has_steps ? rounded(axis.times.back()) : "", "varies", printable(listed.run->run.options.time_unit)});
  }
  std::set<std::string> known;
  for (const auto& field : listed.fields) {
    for (const schema::Axis& axis : field.field->field.axes) {
      if (axis.name.empty() || !known.insert(axis.name).second) continue;
      std::vector<std::string> row{printable(axis.name), std::to_string(axis.length)};
      if (axis.has_coordinates && axis.length > 0) {
        row.insert(row.end(), {rounded(axis.coordinate(0)), rounded(axis.coordinate(axis.length - 1)),
                               axis.values       ? "varies"
                               : axis.length > 1 ? rounded(axis.spacing)
                                                 : ""});
      } else {
        row.insert(row.end(), 3, "");
      }
      row.push_back(printable(axis.unit));
      table.add(std::move(row));
    }
  }
  return table.text(2);
}

/// "1.29", "830": three digits.
std::string ratio_text(const ListedField& field) {
  if (!field.stored_bytes || *field.stored_bytes <= 0 || field.raw_bytes <= 0) return "";
  const double ratio = field.raw_bytes / *field.stored_bytes;
  return ratio < 1000 ? rounded(ratio, 3) : fixed(ratio, 0);
}

std::string shape_text(const ListedField& listed) {
  Index extents;
  for (const DatasetAxis& axis : axes_of(*listed.field)) extents.push_back(axis.length);
  return extents_text(extents);
}

std::string names_text(const ListedField& listed) {
  std::string text;
  for (const DatasetAxis& axis : axes_of(*listed.field)) {
    text += (text.empty() ? "" : " ") + printable(axis.name);
  }
  return text;
}

std::string field_lines(const ListedRun& listed, const ListStyle& style) {
  Table table({{"field"},
               {"type"},
               {"axes"},
               {"shape"},
               {"unit"},
               {"min", right},
               {"max", right},
               {"stored", right},
               {"ratio", right},
               {"chunk"},
               {"filters"}});
  for (const ListedField& field : listed.fields) {
    const schema::Field& about = field.field->field;
    table.add({printable(about.name), to_string(about.stored), names_text(field), shape_text(field),
               printable(about.unit), field.range ? rounded(field.range->minimum) : "",
               field.range ? rounded(field.range->maximum) : "",
               field.stored_bytes && field.files == 0 ? size_text(*field.stored_bytes) : "", ratio_text(field),
               extents_text(about.chunk),
               field.files > 0 ? "in " + doctor::count_text(static_cast<std::int64_t>(field.files), "other file")
                               : filters_text(field.field->storage.filters)});
  }
  std::string text = table.text(2);
  if (!style.details) return text;
  for (const ListedField& field : listed.fields) {
    Attributes attributes = field.field->field.attributes;
    if (!field.field->field.long_name.empty()) {
      attributes.insert(attributes.begin(), {"long_name", field.field->field.long_name});
    }
    if (attributes.empty()) continue;
    text += "  attributes of " + printable(field.field->field.name) + ":\n" + attributes_text(attributes, 4, style);
  }
  return text;
}

std::string scalars_text(const ListedRun& listed) {
  Table table({{"scalar"}, {"unit"}, {"last", right}, {"min", right}, {"max", right}, {"long name"}});
  for (const schema::StoredScalar* scalar : listed.scalars) {
    std::vector<double> finite;
    std::ranges::copy_if(scalar->values, std::back_inserter(finite), [](double value) { return std::isfinite(value); });
    std::vector<std::string> row{printable(scalar->name), printable(scalar->options.unit),
                                 scalar->values.empty() ? "" : rounded(scalar->values.back())};
    if (finite.empty()) {
      row.insert(row.end(), 2, "");
    } else {
      const auto [least, most] = std::ranges::minmax(finite);
      row.insert(row.end(), {rounded(least), rounded(most)});
    }
    row.push_back(printable(scalar->options.long_name));
    table.add(std::move(row));
  }
  return table.text(2);
}

/// What is neither a field nor a scalar nor one of their axes.
std::string others_text(const ListedRun& listed, const Listing& listing) {
  std::string text;
  for (const std::string& name : listed.run->others) {
    const bool is_axis = std::ranges::any_of(listed.fields, [&](const ListedField& field) {
      const std::vector<schema::Axis> axes = field.field->field.all_axes();
      return std::ranges::any_of(axes, [&](const schema::Axis& axis) { return axis.name == name; });
    });
    const std::string path = listed.run->run.path == "/" ? name : listed.run->run.name + "/" + name;
    if (is_axis || name.starts_with("component_") || listing.contents.run(path) != nullptr) continue;
    text += (text.empty() ? "  others: " : ", ") + printable(name);
  }
  return text.empty() ? text : text + "\n";
}

std::string run_text(const ListedRun& listed, const Listing& listing, const ListStyle& style) {
  std::string text = "\n" + printable(listed.run->run.path) + "  " + steps_text(*listed.run) + "\n";
  Attributes attributes = listed.run->attributes;
  if (listed.run->run.path == "/" && !style.details) {
    std::erase_if(attributes, [](const Attribute& one) {
      return one.name == "Conventions" || one.name == "creator" || one.name == "history";
    });
  }
  text += attributes_text(attributes, 2, style);
  text += axes_text(listed);
  text += field_lines(listed, style);
  return text + scalars_text(listed) + others_text(listed, listing);
}

}  // namespace

std::string listing_text(const Listing& listing, const ListStyle& style) {
  std::string text = printable(listing.file) + "  " +
                     doctor::count_text(static_cast<std::int64_t>(listing.all_runs), "run") + ", " +
                     size_text(listing.bytes) + ", " + in_words(listing.state) + "\n";
  if (style.details && !listing.is_summary) {
    const schema::StoredRun* root = listing.contents.run("/");
    const bool is_listed = std::ranges::any_of(listing.runs, [&](const ListedRun& run) { return run.run == root; });
    if (root != nullptr && !is_listed) text += attributes_text(root->attributes, 2, style);
  }
  if (listing.is_summary) return text + summary_text(listing);
  for (const ListedRun& run : listing.runs) text += run_text(run, listing, style);
  return text;
}

}  // namespace tessera::tools
