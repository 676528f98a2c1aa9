#include "schema/resumption.hpp"

#include <algorithm>

#include <tessera/box.hpp>
#include <tessera/error.hpp>

#include "base/filters.hpp"
#include "base/text.hpp"
#include "schema/attributes.hpp"
#include "schema/mesh.hpp"
#include "schema/tensor_axes.hpp"

namespace tessera::schema {

namespace {

std::string differs_here(const std::string& what, const std::string& there, const std::string& here) {
  return what + " is " + there + " in the file and " + here + " here";
}

std::string steps_text(bool time_dependent) { return time_dependent ? "time-dependent" : "static"; }

std::string fill_text(const Field& field) {
  return field.fill ? "with the fill value 0x" + hexadecimal(*field.fill) : "without a fill value";
}

std::string axes_text(const Field& field) {
  std::string text;
  for (const Axis& axis : field.axes) text += (text.empty() ? "(" : ", ") + axis.name;
  return text + ")";
}

std::string names_text(const Field& field) {
  if (field.component_names.empty() && field.tensor_axes.empty()) return "without names";
  std::string text;
  for (const Axis& axis : field.component_axes()) {
    text += (text.empty() ? "" : " and ") + in_quotes(axis.name) + " of ";
    std::string names;
    for (const std::string& name : axis.texts) names += (names.empty() ? "" : ", ") + in_quotes(name);
    text += names.empty() ? std::to_string(axis.length) + " without names" : names;
  }
  return text;
}

std::string difference_of_axes(const Field& there, const Field& asked) {
  const auto same_name = [](const Axis& a, const Axis& b) { return a.name == b.name; };
  if (!std::ranges::equal(there.axes, asked.axes, same_name))
    return differs_here("its list of axes", axes_text(there), axes_text(asked));
  const auto is_same = [](const Axis& a, const Axis& b) {
    return a.name == b.name && a.length == b.length && a.texts == b.texts;
  };
  if (!std::ranges::equal(there.component_axes(), asked.component_axes(), is_same))
    return differs_here("the axis of its components", names_text(there), names_text(asked));
  for (std::size_t i = 0; i < there.axes.size(); ++i) {
    const std::string why = difference(there.axes[i], asked.axes[i]);
    if (!why.empty()) return "its axis " + in_quotes(there.axes[i].name) + " is another one: " + why;
  }
  return {};
}

/// Of meshes with the same cells.
bool have_same_places(const AttributeValue& there, const AttributeValue& asked) {
  const auto* one = std::get_if<PlaceSums>(&there.storage());
  const auto* other = std::get_if<PlaceSums>(&asked.storage());
  return one != nullptr && other != nullptr && are_same_places(*one, *other);
}

bool same_filters(const Field& there, const Field& asked) {
  const std::size_t bytes = size_of(there.stored);
  return std::ranges::equal(filters_of(*there.codec, bytes), filters_of(*asked.codec, bytes),
                            [](const auto& a, const auto& b) {
                              return a.number == b.number && a.parameters == b.parameters;
                            });
}

}  // namespace

std::optional<int> found_field(const Group& group, const std::string& name) {
  if (!group.before) return {};
  const auto known = group.before->fields.find(name);
  const bool is_free = known != group.before->fields.end() && group.fields.find(known->second)->found;
  return is_free ? std::optional(known->second) : std::nullopt;
}

std::string difference(const Field& there, const Field& asked, bool has_codec) {
  const std::size_t bytes = size_of(there.stored);
  if (there.stored != asked.stored)
    return differs_here("its type as stored", to_string(there.stored), to_string(asked.stored));
  if (there.time_dependent != asked.time_dependent)
    return differs_here("it", steps_text(there.time_dependent), steps_text(asked.time_dependent));
  if (there.time_axis != asked.time_axis)
    return differs_here("its time axis", in_quotes(there.time_axis), in_quotes(asked.time_axis));
  if (there.components != asked.components)
    return differs_here("the number of its components", components_text(there), components_text(asked));
  if (std::string why = difference_of_axes(there, asked); !why.empty()) return why;
  if (there.fill != asked.fill) return differs_here("it", fill_text(there), fill_text(asked));
  if (there.unit != asked.unit) return differs_here("its unit", in_quotes(there.unit), in_quotes(asked.unit));
  if (there.long_name != asked.long_name)
    return differs_here("its long_name", in_quotes(there.long_name), in_quotes(asked.long_name));
  if (has_codec && !same_filters(there, asked))
    return differs_here("it", describe_filters(*there.codec, bytes), describe_filters(*asked.codec, bytes));
  if (!asked.chunk.empty() && asked.chunk != there.chunk)
    return differs_here("its chunk", to_string(there.chunk), to_string(asked.chunk));
  if (asked.chunk_steps != 1 && asked.chunk_steps != there.chunk_steps) {
    return differs_here("the number of steps in its chunk", std::to_string(there.chunk_steps),
                        std::to_string(asked.chunk_steps));
  }
  for (const Attribute& attribute : asked.attributes) {
    if (attribute.name == place_sums) continue;  // files of before have none
    if (std::ranges::find(there.attributes, attribute.name, &Attribute::name) == there.attributes.end())
      return "it has no attribute " + in_quotes(attribute.name) + " in the file";
  }
  return difference(there.attributes, asked.attributes);
}

std::string difference(const ScalarOptions& there, const ScalarOptions& asked) {
  if (there.unit != asked.unit) return differs_here("its unit", in_quotes(there.unit), in_quotes(asked.unit));
  if (there.time_axis != asked.time_axis)
    return differs_here("its time axis", in_quotes(there.time_axis), in_quotes(asked.time_axis));
  if (there.long_name == asked.long_name) return {};
  return differs_here("its long_name", in_quotes(there.long_name), in_quotes(asked.long_name));
}

std::string difference(const RunOptions& there, const RunOptions& asked) {
  if (there.time_unit != asked.time_unit)
    return differs_here("its time unit", in_quotes(there.time_unit), in_quotes(asked.time_unit));
  const std::string why = difference(there.time_attributes, asked.time_attributes);
  return why.empty() ? why : "of its time axis, " + why;
}

std::string difference(const Attributes& there, const Attributes& asked) {
  for (const Attribute& attribute : asked) {
    const auto known = std::ranges::find(there, attribute.name, &Attribute::name);
    if (known == there.end() || is_stored_as(known->value, attribute.value)) continue;
    if (attribute.name == place_sums) {
      if (have_same_places(known->value, attribute.value)) continue;
      return "its nodes are at other places";
    }
    return differs_here("the attribute " + in_quotes(attribute.name), to_string(known->value),
                        to_string(attribute.value));
  }
  return {};
}

void refuse_other(const std::string& what, const std::string& why) {
  throw Error(ErrorCode::name_in_use,
              what + " is not the one that is in the file: " + why + "; ask for what is there, or take another name");
}

}  // namespace tessera::schema
