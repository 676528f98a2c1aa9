#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <tessera/types.hpp>

namespace tessera::tools {

/// Values a and b are the same where |a - b| <= absolute + relative * |b|, or both are NaN.
struct Tolerance {
  double absolute = 0;
  double relative = 0;
};

/// Values that differ, of one dataset.
struct ValueDifference {
  std::string path;
  std::uint64_t compared = 0;
  std::uint64_t differing = 0;
  // Of the largest difference; infinite where one of the two is NaN.
  double largest = 0;
  double a = 0;
  double b = 0;
  std::optional<std::int64_t> step;
  std::optional<double> time;
  Index index;  ///< of the grid, then of the component where there are several
  std::vector<std::pair<std::string, double>> coordinates;
};

/// What else is not the same.
struct OtherDifference {
  std::string path;
  std::string text;
};

struct DiffReport {
  std::string a;
  std::string b;
  std::vector<OtherDifference> others;
  std::vector<ValueDifference> values;  ///< only datasets where some differ
  std::uint64_t compared = 0;           ///< values of all datasets
  std::uint64_t same_bytes = 0;         ///< chunks that were the same as they are stored, and not decoded

  bool is_same() const noexcept { return others.empty() && values.empty(); }
};

std::string diff_text(const DiffReport& report);
std::string diff_json(const DiffReport& report);

}  // namespace tessera::tools
