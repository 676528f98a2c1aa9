#pragma once

#include <hdf5.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <tessera/attribute.hpp>
#include <tessera/types.hpp>

/// \file
/// Attributes of any HDF5 file as values, the other direction of attribute.hpp.

namespace tessera::hdf5 {

/// The names of an object's attributes, in the order of creation where the file keeps it, else by name.
std::vector<std::string> attribute_names(hid_t owner, const std::string& about);

bool has_attribute(hid_t owner, const std::string& about, const char* name);

/// An attribute's value: numbers, truth values as int8, text of fixed or variable length, alone or in one dimension.
/// Nothing for what an AttributeValue cannot be: references, structures, more dimensions, integers above 2^63 - 1.
/// Integers of up to 32 bits become int32, others int64.
std::optional<AttributeValue> read_attribute(hid_t owner, const std::string& about, const std::string& name);

/// All attributes that can be values, but for Tessera's and HDF5's own and those that the caller has read already.
Attributes read_attributes(hid_t owner, const std::string& about, const std::set<std::string, std::less<>>& known);

/// The bytes of one element of this type, converted by HDF5; empty without such an attribute.
std::vector<std::byte> read_element_attribute(hid_t owner, const std::string& about, const char* name, DataType type);

/// The text of an attribute; empty where there is none or it is no text.
std::string read_text(hid_t owner, const std::string& about, const char* name);

}  // namespace tessera::hdf5
