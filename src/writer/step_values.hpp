#pragma once

#include <map>
#include <optional>
#include <string>

#include "comm/communicator.hpp"
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

  /// The same text where all ranks have the same; values of one rank are left out, 0 and -0 are the same.
  std::string text() const;
  /// Exactly, for take() on another rank.
  std::string packed() const;
  /// Takes the numbers of the rank that packed these, where they are the same but for rounding (1e-12 of their size).
  /// \throws Error ranks_disagree
  void take(const std::string& packed_by_root);
};

/// The scalars of the step, those of one rank from that rank. Collective where there are such.
/// \throws Error invalid_argument, ranks_disagree, the same on every rank
schema::Scalars scalars_of(const comm::Communicator& comm, const StepValues& values);

}  // namespace tessera::detail
