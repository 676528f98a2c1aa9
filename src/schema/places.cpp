#include "schema/places.hpp"

#include <algorithm>
#include <sstream>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "schema/grid_axes.hpp"
#include "schema/names.hpp"

namespace tessera::schema {

namespace {

constexpr std::size_t most_places = 3;

void check_names(const std::vector<std::string>& names) {
  if (names.size() > most_places) {
    refuse_grid("has " + std::to_string(names.size()) +
                " fields with its points' places; 1 to 3 are possible: x, y, z");
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    check_name("field of places", names[i]);
    if (names[i].find(' ') != std::string::npos)
      refuse_grid("has places in a field named " + in_quotes(names[i]) +
                  "; CF lists such names with blanks between them");
    if (std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), names[i]) !=
        names.begin() + static_cast<std::ptrdiff_t>(i))
      refuse_grid("has the field " + in_quotes(names[i]) + " twice among its places");
  }
}

std::string coordinates_text(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
  return text;
}

/// Those with places come first, so the search is short.
const Field* field_named(const Group& group, const std::string& name) {
  const Kind* kind = group.names.find(name);
  if (kind == nullptr || *kind != Kind::field) return nullptr;
  for (int number = 0; number < static_cast<int>(group.fields.size()); ++number) {
    const FieldRecord* record = group.fields.find(number);
    if (record->field.name == name) return &record->field;
  }
  return nullptr;
}

bool can_be_place(const Field& field) { return field.components == 1 && detail::element_type(field.given).is_floating; }

void check_place(const Field& place) {
  if (!can_be_place(place)) {
    refuse_grid("has its points' places in field " + in_quotes(place.name) + ", which is of " +
                std::to_string(place.components) + " components of " + to_string(place.given) +
                "; coordinates are fields of float or double with one component, one for each of x, y, z");
  }
}

/// CF wants each axis of a coordinate to be one of the field.
void check_axes(const Field& place, const Field& field) {
  for (const Axis& axis : place.axes) {
    if (std::ranges::count(field.axes, axis.name, &Axis::name) > 0) continue;
    refuse_grid("of field " + in_quotes(field.name) + " has places in field " + in_quotes(place.name) +
                ", whose axis " + in_quotes(axis.name) + " is none of the field's; declare both on the same axes");
  }
  if (place.time_dependent && !field.time_dependent) {
    refuse_grid("of field " + in_quotes(field.name) + ", which is static, has places in field " +
                in_quotes(place.name) + ", which are of each step; make both static, or both time-dependent");
  }
  if (place.time_dependent && place.time_axis != field.time_axis) {
    refuse_grid("of field " + in_quotes(field.name) + ", on the time axis " + in_quotes(field.time_axis) +
                ", has places in field " + in_quotes(place.name) + ", on the time axis " + in_quotes(place.time_axis) +
                "; declare both on the same one");
  }
}

bool has_places(const Field& place, const Field& field) {
  const auto is_axis = [&](const Axis& axis) { return std::ranges::count(field.axes, axis.name, &Axis::name) > 0; };
  const bool has_times = !place.time_dependent || (field.time_dependent && place.time_axis == field.time_axis);
  return can_be_place(place) && has_times && std::ranges::all_of(place.axes, is_axis);
}

void set_attribute(Field& field, const char* name, const std::string& text) {
  if (std::ranges::count(field.attributes, name, &Attribute::name) > 0) return;  // the caller knows better
  field.attributes.push_back({name, text});
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

/// \throws Error invalid_argument where one is not declared, or is no place of the field
void name_places(const Group& group, const std::vector<std::string>& names, Field& field) {
  for (const std::string& name : names) {
    const Field* place = field_named(group, name);
    if (place != nullptr) {
      check_place(*place);
      check_axes(*place, field);
      continue;
    }
    refuse_grid("of field " + in_quotes(field.name) + " has its points' places in a field " + in_quotes(name) +
                ", which " + group.described() +
                " has not; declare it on this grid, or on some of its axes, before all others");
  }
  set_attribute(field, "coordinates", coordinates_text(names));
}

/// Those of cells are optional: where one is missing, or is another field that happens to have its name, there are
/// none.
bool name_places_of_cells(const Group& group, const std::vector<std::string>& names, Field& field) {
  for (const std::string& name : names) {
    const Field* place = field_named(group, name);
    if (place == nullptr || !has_places(*place, field)) return false;
  }
  set_attribute(field, "coordinates", coordinates_text(names));
  return true;
}

}  // namespace

void tie_to_grid(const Group& group, const Grid& grid, Field& field) {
  if (!grid.options.mapping.attributes.empty()) set_attribute(field, "grid_mapping", grid.options.mapping.name);
  const std::vector<std::string>& names = grid.options.places;
  if (names.empty()) return;
  check_names(names);
  std::vector<std::string> of_cells;
  of_cells.reserve(names.size());
  for (const std::string& name : names) of_cells.push_back(name + "_cell");
  const bool on_points = field.location == Location::point;
  const bool in_cells = field.location == Location::cell;
  if (on_points && contains(names, field.name)) {
    check_place(field);
    set_attribute(field, places_of, coordinates_text(names));
  } else if (on_points) {
    name_places(group, names, field);
  } else if (in_cells && !(contains(of_cells, field.name) && can_be_place(field))) {
    name_places_of_cells(group, of_cells, field);
    field.awaited_places = of_cells;  // until it is known that the file has them
  }
}

Field without_late_places(const Field& there, Field asked) {
  const auto is_places = [](const Attribute& one) { return one.name == "coordinates"; };
  if (asked.awaited_places.empty() || std::ranges::any_of(there.attributes, is_places)) return asked;
  if (names_in(asked, "coordinates") == asked.awaited_places) std::erase_if(asked.attributes, is_places);
  return asked;
}

Operations tie_to_places(Group& group, const std::string& place) {
  Operations operations;
  const Group before = group;
  before.fields.for_each([&](int number, const FieldRecord& record) {
    const std::vector<std::string>& names = record.field.awaited_places;
    if (names.empty() || (record.field.name != place && !contains(names, place))) return;
    FieldRecord tied = record;
    const std::size_t attributes = tied.field.attributes.size();
    if (!name_places_of_cells(before, names, tied.field)) return;
    tied.field.awaited_places.clear();
    for (std::size_t i = attributes; record.batch != 0 && i < tied.field.attributes.size(); ++i) {
      const Attribute& added = tied.field.attributes[i];
      operations.push_back(SetAttribute{tied.field.path, added.name, added.value, TextForm::fixed});
    }
    group.fields.set(number, std::move(tied));
  });
  return operations;
}

std::vector<std::string> names_in(const Field& field, const std::string& attribute) {
  const auto found = std::ranges::find(field.attributes, attribute, &Attribute::name);
  const auto* text = found == field.attributes.end() ? nullptr : std::get_if<std::string>(&found->value.storage());
  std::vector<std::string> names;
  if (text == nullptr) return names;
  std::istringstream words(*text);
  for (std::string word; words >> word;) names.push_back(word);
  return names;
}

bool is_mapping(const Field& field) {
  return std::ranges::count(field.attributes, "grid_mapping_name", &Attribute::name) > 0;
}

}  // namespace tessera::schema
