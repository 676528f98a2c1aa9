#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>
#include <vector>

#include <tessera/tessera.hpp>

/// \file
/// The files that read_fuzz changes bytes of: everything that a file may have in it is in one of them.

namespace tessera_fuzz {

/// Steps that a file has at first.
constexpr int steps = 2;

/// \param step of a time-dependent field; 0 of others
template <class T>
std::vector<T> values_of(int step, std::size_t count) {
  std::vector<T> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    if constexpr (std::is_arithmetic_v<T>) {
      values[i] = static_cast<T>(1000 * step + 1) + static_cast<T>(i % 97) / static_cast<T>(8);
    } else {
      values[i] = {1000.0 * step + static_cast<double>(i % 97), -0.5 * static_cast<double>(i)};
    }
  }
  return values;
}
/// Truth values, as the file has them.
std::vector<std::int8_t> truth_values(std::size_t count);

/// A box of a field, and what is in it.
struct Read {
  const tessera::StoredRun& run;
  int step = 0;  ///< -1: static
  std::string field;
  tessera::Box box;
};

/// Reads a file a part at a time: what goes wrong with one is no matter of the others.
class Reading {
 public:
  /// \param failed what cannot be: wrong values where a checksum exists, or an error that says nothing to users
  explicit Reading(std::function<void(const char* what)> failed) : failed_(std::move(failed)) {}

  template <class Action>
  void attempt(Action&& action) {
    try {
      action();
    } catch (const tessera::Error& error) {
      if (error.code() == tessera::ErrorCode::internal) failed_(error.what());
      ++errors_;
    }
  }

  /// \param has_checksum whether the file has one of these values
  template <class T>
  void expect(const Read& read, const std::vector<T>& values, bool has_checksum = true) {
    attempt([&] {
      auto step = read.step < 0 ? read.run.statics() : read.run.step(read.step);
      std::vector<T> found(values.size());
      step.get(read.field, read.box, found);
      step.read();
      if (has_checksum && found != values) failed_("WRONG VALUES");
    });
  }

  int errors() const noexcept { return errors_; }

 private:
  std::function<void(const char* what)> failed_;
  int errors_ = 0;
};

/// One kind of files.
struct Kind {
  const char* name;
  /// Writes steps from `first` to `end`, of a new file where that is the first one.
  void (*write)(const char* path, int first, int end);
  /// Reads a step, of a file that has it.
  void (*read)(Reading& reading, const tessera::StoredRun& run, int step);
  /// Reads what has no step.
  void (*read_statics)(Reading& reading, const tessera::StoredRun& run);
};

/// All kinds.
const std::vector<Kind>& kinds();
Kind curvilinear_grids();
Kind versions_of_a_mesh();
Kind joined_segments();
Kind refinements_and_time_axes();

/// A whole field.
tessera::Box all_of(const tessera::Index& shape);
/// A new file where `first` is 0; else one that is continued.
tessera::Writer opened(const char* path, int first, tessera::Options options);

}  // namespace tessera_fuzz
