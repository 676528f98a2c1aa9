#pragma once

#include <map>
#include <optional>
#include <string>

#include "schema/catalog.hpp"

namespace tessera::detail {

/// A scalar as a rank gave it.
struct ScalarValue {
  std::optional<double> value;  ///< nothing: another rank has it
  bool of_one_rank = false;     ///< one rank alone knows it
};

/// The numbers of a step. Ranks work them out for themselves, so that they may differ in the last bits.
struct StepValues {
  std::optional<double> time;  ///< nothing: static fields alone
  std::map<std::string, ScalarValue> scalars;

  /// For comparison: the same text where all ranks have the same. Values of one rank are left out, 0 and -0 are the
  /// same, and so are all NaN.
  std::string text() const;
  /// Exactly, for take() on another rank; never empty.
  std::string packed() const;
  /// Takes the numbers of the rank that packed these, where they are the same up to rounding (1e-12 of their size).
  /// \throws Error ranks_disagree
  void take(const std::string& packed_by_root);
  /// When those of one rank have come from it (take_from_owners).
  schema::Scalars all_scalars() const;
};

/// Whether two ranks may have the same number, up to rounding.
bool are_close(double a, double b) noexcept;

}  // namespace tessera::detail
