#pragma once

#include <tessera/attribute.hpp>

#include "tools/diff/report.hpp"

namespace tessera::tools {

bool is_near(double a, double b, const Tolerance& tolerance) noexcept;

/// Numbers by their values, whatever their types; lists element by element; texts to the letter.
bool same_value(const AttributeValue& a, const AttributeValue& b, const Tolerance& tolerance);

}  // namespace tessera::tools
