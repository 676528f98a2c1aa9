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
  if (const auto there = found_field(changed, mapping.name)) {
    const std::string why = difference(changed.fields.find(*there)->field.attributes, mapping.attributes);
    if (!why.empty()) refuse_other(what, why);
  } else {
    check_free(changed, "grid mapping", mapping.name);
    const Axis axis = mapping_axis(mapping.name);
    check_free(changed, "dimension", axis.name);
    take_name(changed, mapping.name, Kind::mapping);
    take_name(changed, axis.name, Kind::mapping);
    queue(create_mapping(changed.run->path, mapping, dimensions_++));
  }
  changed.mappings.set(mapping.name, std::make_shared<const Attributes>(mapping.attributes));
  groups_.set(number, std::move(changed));
}

}  // namespace tessera::schema
