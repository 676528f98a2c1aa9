#pragma once

#include <tessera/attribute.hpp>

#include "tools/common/json.hpp"

namespace tessera::tools {

/// A number, truth value, text, or a list of these.
Json value_json(const AttributeValue& value);

/// One object, names and values.
Json attributes_json(const Attributes& attributes);

}  // namespace tessera::tools
