#pragma once

#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include <tessera/attribute.hpp>
#include <tessera/box.hpp>
#include <tessera/grid.hpp>
#include <tessera/options.hpp>

/// \file
/// What a file has to hold, as the test says it; written beside the file for the checkers in tests/interop.

namespace tessera_test {

/// Boxes of one field that one commit brought into the file.
struct ExpectedWrite {
  std::int64_t step = -1;          ///< index on the time axis; -1 for a static field
  std::int64_t formula_step = -1;  ///< of the values; differs from `step` where commits failed before
  std::vector<tessera::Box> boxes;
};

struct ExpectedField {
  std::string name;
  std::uint64_t seed = 0;
  std::string given;   ///< type of the values, as NumPy spells it
  std::string stored;  ///< type in the file
  tessera::Grid grid;
  tessera::FieldOptions<tessera::detail::ElementBytes> options;
  std::string fill;         ///< as text; empty: none
  std::string values_from;  ///< a file of raw values in place of the formula; empty: the formula
  std::vector<ExpectedWrite> writes;
};

struct ExpectedScalar {
  tessera::ScalarOptions options;
  std::map<std::int64_t, double> values;  ///< by step
};

struct ExpectedRun {
  std::string name;  ///< "/" for the root
  tessera::Attributes attributes;
  tessera::RunOptions options;
  std::vector<double> times;
  std::vector<std::shared_ptr<ExpectedField>> fields;
  std::map<std::string, ExpectedScalar> scalars;
  std::int64_t steps_begun = 0;
  std::optional<std::size_t> keeps;  ///< how many steps stay when the next one is committed

  /// The steps from `count` on are not in the file any more.
  void cut(std::size_t count);
};

struct ExpectedFile {
  tessera::Options options;
  std::vector<std::shared_ptr<ExpectedRun>> runs;
  bool closed = false;                 ///< by close(): declared fields that were never put are there too
  bool depends_on_rank_count = false;  ///< not the same file with another number of ranks
};

/// Writes the manifest of the file `path` to `path`.json.
void write_manifest(const ExpectedFile& file, const std::string& path);

/// A fill value as text that Python's int() or float() reads.
template <class T>
std::string fill_text(const std::optional<T>& fill) {
  if (!fill) return {};
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(*fill)) return "nan";
    return to_string(tessera::AttributeValue(*fill));
  } else {
    return std::to_string(*fill);
  }
}

}  // namespace tessera_test
