#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "schema/description.hpp"
#include "writer/common_grid.hpp"
#include "writer/state.hpp"

/// \file
/// What the definitions of fields have in common, whatever they are declared on.

namespace tessera::detail {

/// Capacity for so many more, so that adding them cannot fail.
template <class T>
void make_room(std::vector<T>& list, std::size_t further = 1) {
  if (list.capacity() - list.size() < further) list.reserve(2 * list.size() + further);
}

/// A column of a table that `next` has, without the options that are not a column's.
schema::Field described_column(const schema::Catalog& next, const RunEntry& run, const std::string& name,
                               const std::string& table, FieldRequest request, const Codec& codec);

/// \param what the call with all its values, and what `describe` needs; it is called first
/// \param describe returns the field, and whether the caller asked for its codec, for a catalog that it may change
/// \param grid     the grid that it is described by, where that has coordinates as values: they become rank 0's
template <class What, class Describe>
std::shared_ptr<FieldEntry> WriterState::define_field(RunEntry& run, const std::string& name, const What& what,
                                                      const Describe& describe, Grid* grid) {
  const auto call = [&] { return "field(" + in_quotes(name) + " of " + run.described() + ")"; };
  return together("Run::field", call, [&] {
    schema::Catalog next;
    std::shared_ptr<FieldEntry> field;
    const auto define = [&] {
      next = catalog_;
      const auto [described, has_codec] = describe(next);
      const int number = next.add_field(run.number, described, has_codec);
      field = std::make_shared<FieldEntry>(FieldEntry{&run, number, {}, {}, {}});
      make_room(run.fields);
    };
    if (grid == nullptr) {
      agree(what, define);
    } else {
      // Each rank's own errors first, as far as it knows the grid.
      agree(what, [&] {
        const bool is_known = comm_.rank() == 0 || !schema::has_values_of_rank_0(*grid);
        is_known ? define() : schema::check_values(*grid, false);
      });
      std::optional<Error> failure;
      *grid = common_grid(comm_, *grid, failure);
      agree(call, [&] {
        if (failure) throw *failure;
        define();
      });
    }
    keep(std::move(next));
    const auto number = static_cast<std::size_t>(field->number);
    if (number < run.fields.size()) return run.fields[number];  // it was there
    run.fields.push_back(field);
    return field;
  });
}

}  // namespace tessera::detail
