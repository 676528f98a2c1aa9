#include "schema/renumbered.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace tessera::schema {

namespace {

/// Those of `now` in the order of `before`; for one that is gone what `gone` makes of it.
template <class One, class NameOf, class Gone>
std::vector<One> in_order_of(const std::vector<One>& before, std::vector<One> now, const NameOf& name_of,
                             const Gone& gone) {
  std::vector<One> result;
  std::vector<bool> taken(now.size());
  for (const One& one : before) {
    const auto same = std::ranges::find_if(now, [&](const One& other) { return name_of(other) == name_of(one); });
    if (same == now.end()) {
      result.push_back(gone(one));
    } else {
      taken[static_cast<std::size_t>(same - now.begin())] = true;
      result.push_back(*same);
    }
  }
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (!taken[i]) result.push_back(std::move(now[i]));
  }
  return result;
}

}  // namespace

Contents renumbered(const Contents& before, Contents now) {
  const auto name_of_run = [](const StoredRun& run) { return run.run.name; };
  const auto name_of_field = [](const StoredField& field) { return field.field.name; };
  const auto without_steps = [](StoredField field) {
    field.steps = 0;
    return field;
  };
  Contents result;
  result.runs = in_order_of(before.runs, std::move(now.runs), name_of_run, [](StoredRun run) {
    run.times.clear();
    for (TimeAxis& axis : run.time_axes) axis.times.clear();
    return run;
  });
  for (std::size_t run = 0; run < before.runs.size(); ++run) {
    std::vector<StoredField>& fields = result.runs[run].fields;
    fields = in_order_of(before.runs[run].fields, std::move(fields), name_of_field, without_steps);
  }
  return result;
}

}  // namespace tessera::schema
