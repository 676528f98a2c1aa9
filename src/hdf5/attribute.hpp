#pragma once

#include <hdf5.h>

#include <cstddef>
#include <string>
#include <vector>

#include <tessera/attribute.hpp>
#include <tessera/types.hpp>

#include "schema/operation.hpp"

namespace tessera::hdf5 {

/// Adds an attribute to the open object `owner` (`about` names it in errors). How each type is stored: FORMAT.md.
void write_attribute(hid_t owner, const std::string& about, const std::string& name, const AttributeValue& value,
                     schema::TextForm form);

/// Adds an attribute of one element.
void write_element_attribute(hid_t owner, const std::string& about, const std::string& name, DataType type,
                             const std::vector<std::byte>& value);

}  // namespace tessera::hdf5
