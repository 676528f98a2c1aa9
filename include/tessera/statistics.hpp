#pragma once

#include <tessera/requirements.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

/// \file
/// Statistics of a field's values, which are known without reading these.

namespace tessera {

/// Statistics of one component of a field at one step. Only values that a rank has put count, except those equal to the
/// field's fill value, which readers take for missing.
struct ValueStatistics {
  double minimum = 0;           ///< of the finite values; beyond 2^53 an integer at or just below it
  double maximum = 0;           ///< of the finite values; beyond 2^53 an integer at or just above it
  double mean = 0;              ///< of the finite values
  std::int64_t count = 0;       ///< of finite values; where there are none the three above are 0
  std::int64_t non_finite = 0;  ///< NaN and infinities
  bool known = false;           ///< false: nothing was put at this step, or no statistics were kept

  /// The statistics of both sets of values together.
  friend ValueStatistics merged(const ValueStatistics& a, const ValueStatistics& b);
};

/// Statistics of a field, step by step, as the file has them.
struct FieldStatistics {
  std::int64_t components = 1;          ///< of the field; 1 where it has more than 16: one entry stands for all
  std::vector<ValueStatistics> values;  ///< step after step, in each the components; of a static field one step

  bool empty() const noexcept { return values.empty(); }  ///< true: the file has none for this field
  /// How many steps there are.
  std::int64_t steps() const noexcept { return static_cast<std::int64_t>(values.size()) / components; }
  /// \throws std::out_of_range
  const ValueStatistics& at(std::int64_t step, std::int64_t component = 0) const {
    return values.at(static_cast<std::size_t>(step * components + component));
  }
  ValueStatistics of_step(std::int64_t step) const;  ///< All components together. \throws std::out_of_range
  ValueStatistics of_all() const;                    ///< All steps and components together.
};

}  // namespace tessera
