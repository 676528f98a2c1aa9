#pragma once

#include <string>

#include "schema/description.hpp"

/// \file
/// Components on two axes. Everywhere but in the shape of the dataset they are as many components on one.

namespace tessera::schema {

/// The attribute of a field that names both, with a space between, by which they are known in a file.
inline constexpr const char* tensor_axes_of = "tensor_axes";

/// "row column".
std::string names_of_tensor_axes(const Field& field);

/// Fills in what FieldOptions::tensor_axes leaves out, and the number of components. Does nothing where there are none.
/// \throws Error invalid_argument
void complete_tensor_axes(Field& field);

/// "3 x 3", or the number of components.
std::string components_text(const Field& field);

/// Whether the attribute of a field that was read says so of its last two axes.
bool are_tensor_axes(const std::string& attribute, const std::string& first, const std::string& second);

}  // namespace tessera::schema
