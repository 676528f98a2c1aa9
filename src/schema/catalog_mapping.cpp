#include <tessera/error.hpp>

#include "base/text.hpp"
#include "schema/attributes.hpp"
#include "schema/catalog.hpp"
#include "schema/field_rules.hpp"
#include "schema/layout.hpp"
#include "schema/names.hpp"
#include "schema/resumption.hpp"

/// \file
/// Grid mappings: datasets that are there for their attributes.

namespace tessera::schema {

namespace {

/// nullptr: it was not in the file.
const Attributes* found_mapping(const Group& group, const std::string& name) {
  if (!group.before) return nullptr;
  const auto found = group.before->mappings.find(name);
  return found == group.before->mappings.end() ? nullptr : &found->second;
}

}  // namespace

void Catalog::add_mapping(int number, const GridMapping& mapping) {
  if (mapping.attributes.empty()) return;
  Group changed = group(number);
  const std::string what = "the grid mapping " + in_quotes(mapping.name) + " of " + changed.described();
  check_attributes(what, mapping.attributes, {});
  if (const auto* known = changed.mappings.find(mapping.name)) {
    if (are_same(**known, mapping.attributes)) return;
    throw Error(ErrorCode::name_in_use, what +
                                            " has other attributes than the one of that name that is there; give "
                                            "it another name, GridMapping::name");
  }
  if (const Attributes* there = found_mapping(changed, mapping.name)) {
    const std::string why = difference(*there, mapping.attributes);
    if (!why.empty()) refuse_other(what, why);
  } else {
    check_free(changed, "grid mapping", mapping.name);
    take_name(changed, mapping.name, Kind::mapping);
    queue(create_mapping(changed.run->path, mapping));
  }
  changed.mappings.set(mapping.name, std::make_shared<const Attributes>(mapping.attributes));
  groups_.set(number, std::move(changed));
}

}  // namespace tessera::schema
