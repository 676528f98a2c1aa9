#include "schema/tensor_axes.hpp"

#include <array>

#include <tessera/error.hpp>

#include "base/saturate.hpp"
#include "base/text.hpp"
#include "schema/array_rules.hpp"

namespace tessera::schema {

namespace {

[[noreturn]] void refuse_tensor(const Field& field, const std::string& why) {
  throw Error(ErrorCode::invalid_argument, described(field) + why);
}

/// One axis as it was given, with its length.
void complete(const Field& field, TensorAxis& axis, const char* name) {
  if (axis.name.empty()) axis.name = name;
  const std::string what = " has the tensor axis " + in_quotes(axis.name);
  const auto named = static_cast<std::int64_t>(axis.names.size());
  if (named > 0 && axis.length != 0 && axis.length != named) {
    refuse_tensor(field, what + " of length " + std::to_string(axis.length) + " with " + std::to_string(named) +
                             " names; give one name for each, or the length alone");
  }
  if (named > 0) axis.length = named;
  if (axis.length < 1) {
    refuse_tensor(field, what + " of length " + std::to_string(axis.length) +
                             "; give TensorAxis::names, or a TensorAxis::length of 1 or more");
  }
}

}  // namespace

std::string names_of_tensor_axes(const Field& field) {
  return field.tensor_axes.at(0).name + " " + field.tensor_axes.at(1).name;
}

void complete_tensor_axes(Field& field) {
  if (field.tensor_axes.empty()) return;
  if (field.tensor_axes.size() != 2) {
    refuse_tensor(field,
                  " has " + std::to_string(field.tensor_axes.size()) +
                      " tensor axes; give two (FieldOptions::tensor_axes), or components or component_names for one");
  }
  if (!field.component_names.empty()) {
    refuse_tensor(field, " has both component_names and tensor_axes; name the components on their two axes, or on one");
  }
  constexpr std::array names{"row", "column"};
  for (std::size_t i = 0; i < names.size(); ++i) complete(field, field.tensor_axes[i], names[i]);
  const std::int64_t product = saturating_product(field.tensor_axes[0].length, field.tensor_axes[1].length);
  if (field.components != 1 && field.components != product) {
    refuse_tensor(field, " has " + std::to_string(field.components) + " components, but its tensor axes have " +
                             components_text(field) + "; leave out FieldOptions::components");
  }
  field.components = product;
  if (product == 1) refuse_tensor(field, " has tensor axes for one component; leave out FieldOptions::tensor_axes");
}

std::string components_text(const Field& field) {
  if (field.tensor_axes.size() != 2) return std::to_string(field.components);
  return std::to_string(field.tensor_axes[0].length) + " x " + std::to_string(field.tensor_axes[1].length);
}

bool are_tensor_axes(const std::string& attribute, const std::string& first, const std::string& second) {
  return !first.empty() && !second.empty() && attribute == first + " " + second;
}

}  // namespace tessera::schema
