#include "reader/step_rows.hpp"

#include <cstddef>
#include <vector>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "schema/stored_count.hpp"
#include "schema/table.hpp"

namespace tessera::detail {

namespace {

/// 0 in a step that has none.
std::int64_t number(const schema::StoredRun& run, const std::string& series, std::size_t step) {
  const std::vector<double>& values = run.scalar(series)->values;
  return step < values.size() ? schema::stored_count(values[step]) : 0;
}

StepRows counted(const schema::StoredRun& run, const std::string& table, std::size_t step, std::int64_t most) {
  const StepRows rows{number(run, schema::begin_name(table), step), number(run, schema::count_name(table), step)};
  if (rows.count == 0) return {};
  if (rows.begin + rows.count <= most) return rows;
  throw Error(ErrorCode::hdf5, "table " + in_quotes(table) + " of " + run.described() + " has the rows " +
                                   std::to_string(rows.begin) + " to " + std::to_string(rows.begin + rows.count - 1) +
                                   " in step " + std::to_string(step) + ", but its columns have " +
                                   std::to_string(most));
}

}  // namespace

StepRows rows_of(const schema::StoredRun& run, const std::string& table, std::int64_t step) {
  if (run.table(table) == nullptr) {
    throw Error(ErrorCode::not_found,
                run.described() + " has no table " + in_quotes(table) + "; StoredRun::tables lists them");
  }
  for (const schema::StoredField& column : run.fields) {
    if (column.field.table == table) return rows_of(run, column.field, step);
  }
  return {};  // no step has had rows
}

StepRows rows_of(const schema::StoredRun& run, const schema::Field& field, std::int64_t step) {
  const std::int64_t length = field.axes.empty() ? 0 : field.axes[0].length;
  if (field.table.empty() || step < 0) return {0, length};
  return counted(run, field.table, static_cast<std::size_t>(step), length);
}

Box share_of(std::int64_t count, int rank, int ranks) {
  const auto begin = [&](int number) { return count / ranks * number + std::min<std::int64_t>(number, count % ranks); };
  return {{begin(rank)}, {begin(rank + 1)}};
}

}  // namespace tessera::detail
