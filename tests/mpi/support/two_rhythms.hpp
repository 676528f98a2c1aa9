#pragma once

#include <optional>
#include <string>
#include <vector>

#include <tessera/writer.hpp>

#include "support/same_error.hpp"
#include "support/test_file.hpp"

/// \file
/// A run whose fields come in some steps and whose scalars in all: every value follows from its step and its number.
/// tests/interop/check_time_axes.py has the formulas.

namespace tessera_test {

inline const tessera::Index rhythm_shape{7, 9};
inline const tessera::Grid rhythm_grid{rhythm_shape, {.spacing = {0.5}, .unit = "m"}};

/// Of the run's steps those with a row: every third on `snapshot_time`, every fourth on `rare_time`.
constexpr bool is_snapshot(int step) { return step % 3 == 0; }
constexpr bool is_rare(int step) { return step % 4 == 1; }
constexpr double time_of(int step) { return 3600.0 * step + 0.1; }

/// Rows of the first axis; with three and more ranks the second has none.
inline tessera::Box rhythm_rows() {
  const int size = world_size();
  const bool skips = size > 2;
  const std::int64_t parts = skips ? size - 1 : size;
  const std::int64_t part = skips && world_rank() > 1 ? world_rank() - 1 : world_rank();
  if (skips && world_rank() == 1) return {{0, 0}, {0, 0}};
  return {{rhythm_shape[0] * part / parts, 0}, {rhythm_shape[0] * (part + 1) / parts, rhythm_shape[1]}};
}

template <class T>
std::vector<T> rhythm_values(int step, std::int64_t components, double factor) {
  const tessera::Box rows = rhythm_rows();
  std::vector<T> values;
  for (std::int64_t i = rows.lower[0] * rhythm_shape[1] * components; i < rows.upper[0] * rows.upper[1] * components;
       ++i)
    values.push_back(static_cast<T>(factor * step + static_cast<double>(i)));
  return values;
}

struct TwoRhythms {
  tessera::Run run;
  tessera::Field<double> every, snapshot;
  tessera::Field<float> vector;
  tessera::Field<std::int32_t> never;
  // Several steps in a chunk.
  tessera::Field<double> history, probes;
  tessera::Field<float> gaps;

  explicit TwoRhythms(tessera::Writer& out)
      : run(out.run("a", {},
                    {.time_unit = "seconds since 2026-01-01", .time_attributes = {{"standard_name", "time"}}})) {
    every = run.field<double>("every", rhythm_grid);
    snapshot = run.field<double>("snapshot", rhythm_grid, {.unit = "K", .time_axis = "snapshot_time"});
    vector = run.field<float>("vector", rhythm_grid, {.components = 3, .fill = -1.0F, .time_axis = "snapshot_time"});
    never = run.field<std::int32_t>("never", rhythm_grid, {.fill = 7, .time_axis = "never_time"});
    history = run.field<double>("history", rhythm_grid, {.unit = "K", .chunk = {4, 7, 9}});
    const tessera::Grid three{{3}, {.axes = {"probe"}}};
    probes = run.field<double>("probes", three,
                               {.chunk = {8, 3}, .codec = tessera::Codec::none(), .time_axis = "probe_time"});
    gaps = run.field<float>("gaps", rhythm_grid, {.fill = -1.0F, .chunk = {2, 7, 9}, .time_axis = "snapshot_time"});
    run.scalar("energy", {.unit = "J"});
    run.scalar("norm", {.unit = "K", .time_axis = "snapshot_time"});
    run.scalar("rare", {.time_axis = "rare_time"});
  }

  /// The vector, and the field with gaps, come with every second snapshot. The last rank has the probes.
  void write(int step, bool waits = true) {
    auto open = run.step(time_of(step));
    const tessera::Box rows = rhythm_rows();
    open.put(every, rows, rhythm_values<double>(step, 1, 1));
    open.put(history, rows, rhythm_values<double>(step, 1, 10));
    if (world_rank() == world_size() - 1) open.put(probes, {{0}, {3}}, std::vector<double>{step + 0.5, 7.0 * step, -1});
    open.scalar("energy", 2.0 * step);
    if (is_snapshot(step)) {
      open.put(snapshot, rows, rhythm_values<double>(step, 1, 100));
      if (step % 2 == 0) open.put(gaps, rows, rhythm_values<float>(step, 1, 1000));
      if (step % 2 == 0) open.put(vector, rows, rhythm_values<float>(step, 3, 1000));
      open.scalar("norm", 3.0 * step);
    }
    if (is_rare(step)) open.scalar("rare", world_rank() == 0 ? std::optional(0.25 * step) : std::nullopt);
    waits ? open.commit() : open.commit_async();
  }
};

}  // namespace tessera_test
