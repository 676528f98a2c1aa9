#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "schema/contents.hpp"
#include "tools/common/find.hpp"
#include "tools/common/json.hpp"

namespace tessera::tools {

/// Columns of numbers, with a number for each row: scalars over time, or the coordinates of an axis.
struct Series {
  std::string counted;  ///< what the numbers count: "step", "number"
  std::vector<std::string> names;
  std::vector<std::vector<double>> columns;  ///< one for each name, of one length
  std::vector<std::int64_t> numbers = {};    ///< of the rows; empty: they count from 0

  std::int64_t number(std::size_t row) const { return numbers.empty() ? static_cast<std::int64_t>(row) : numbers[row]; }
};

/// Times and scalars of a run; or one scalar.
Series series_of(const schema::StoredRun& run, const schema::StoredScalar* scalar = nullptr);

/// Six digits; long ones are shortened unless `full`.
std::string series_text(const Series& series, bool full);
/// Exact.
std::string series_csv(const Series& series);
/// An object of lists.
Json series_json(const Series& series);

}  // namespace tessera::tools
