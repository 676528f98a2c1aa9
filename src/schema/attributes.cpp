#include "schema/attributes.hpp"

#include <algorithm>
#include <vector>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "schema/limits.hpp"
#include "schema/names.hpp"

namespace tessera::schema {

namespace {

std::string described(const std::string& owner, const std::string& name) {
  return "the attribute " + in_quotes(name) + " of " + owner;
}

/// Every text in a value.
struct CheckTexts {
  const std::string& what;
  void operator()(const std::string& text) const { check_text(what, text); }
  void operator()(const std::vector<std::string>& texts) const {
    for (const std::string& text : texts) check_text(what, text);
  }
  template <class T>
  void operator()(const T&) const {}
};

}  // namespace

void check_attribute(const std::string& owner, const Attribute& attribute) {
  check_name("attribute", attribute.name);
  const std::string what = described(owner, attribute.name);
  if (is_reserved(attribute.name)) {
    throw Error(ErrorCode::invalid_argument,
                what + " has a name that readers of HDF5 and netCDF reserve; choose another");
  }
  if (attribute.value.defect() != nullptr) {
    throw Error(ErrorCode::invalid_argument, what + " " + attribute.value.defect());
  }
  check_attribute_bytes(what, attribute.value);
  std::visit(CheckTexts{what}, attribute.value.storage());
}

void check_text_attribute(const std::string& what, const std::string& text) {
  check_attribute_bytes(what, text.size());
  check_text(what, text);
}

void refuse_taken_attribute(const std::string& owner, const std::string& name) {
  throw Error(ErrorCode::name_in_use, described(owner, name) + " exists already; a name can be used once");
}

void check_attributes(const std::string& owner, const Attributes& attributes, std::set<std::string> taken) {
  check_attribute_count(owner, attributes.size());
  for (const Attribute& attribute : attributes) {
    check_attribute(owner, attribute);
    if (!taken.insert(attribute.name).second) refuse_taken_attribute(owner, attribute.name);
  }
}

namespace {

struct AsStored {
  AttributeValue operator()(bool value) const { return std::int32_t{value}; }
  AttributeValue operator()(const std::vector<bool>& values) const {
    return std::vector<std::int32_t>(values.begin(), values.end());
  }
  template <class T>
  AttributeValue operator()(const T& value) const {
    return value;
  }
};

bool are_equal(const AttributeValue& one, const AttributeValue& other) {
  return one.storage().index() == other.storage().index() && to_string(one) == to_string(other);
}

}  // namespace

bool is_stored_as(const AttributeValue& stored, const AttributeValue& given) {
  const AttributeValue one = std::visit(AsStored{}, stored.storage());
  const AttributeValue other = std::visit(AsStored{}, given.storage());
  if (are_equal(one, other)) return true;
  // Flags of a field of long integers are long ones in the file.
  const auto* wide = std::get_if<std::vector<std::int64_t>>(&one.storage());
  const auto* narrow = std::get_if<std::vector<std::int32_t>>(&other.storage());
  return wide != nullptr && narrow != nullptr && std::ranges::equal(*wide, *narrow);
}

bool are_same(const Attributes& a, const Attributes& b) {
  return std::ranges::equal(a, b, [](const Attribute& one, const Attribute& other) {
    return one.name == other.name && are_equal(one.value, other.value);
  });
}

}  // namespace tessera::schema
