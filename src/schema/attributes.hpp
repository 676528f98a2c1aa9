#pragma once

#include <set>
#include <string>

#include <tessera/attribute.hpp>

/// \file
/// What an attribute may be: the same for those of the file, runs, axes and fields.

namespace tessera::schema {

/// Name and value of an attribute that is to be added to `owner` ("run 'a'"), where its name is free.
/// \throws Error invalid_argument
void check_attribute(const std::string& owner, const Attribute& attribute);

/// A text that becomes an attribute: its characters and its length. `what` names it ("the unit of field 'T'").
/// \throws Error invalid_argument
void check_text_attribute(const std::string& what, const std::string& text);

/// The attributes of an object that gets these and no others, besides those that the library sets (`taken`).
/// \throws Error invalid_argument, name_in_use
void check_attributes(const std::string& owner, const Attributes& attributes, std::set<std::string> taken);

/// \throws Error name_in_use, always
[[noreturn]] void refuse_taken_attribute(const std::string& owner, const std::string& name);

/// Is it what a file has of this value? Truth values are stored as integers.
bool is_stored_as(const AttributeValue& stored, const AttributeValue& given);

/// Both have the same names with the same values, types included, in the same order.
bool are_same(const Attributes& a, const Attributes& b);

}  // namespace tessera::schema
