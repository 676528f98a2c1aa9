#pragma once

#include <gtest/gtest.h>
#include <mpi.h>

#include <string>
#include <vector>

#include <tessera/writer.hpp>

#include "support/blocks.hpp"
#include "support/box_values.hpp"
#include "support/first_ranks.hpp"
#include "support/test_file.hpp"

/// \file
/// A run of three steps for what reads it back.

namespace tessera_test {

inline const tessera::Index shape{9, 7, 5};
inline constexpr int steps = 3;
/// The field `late` begins here.
inline constexpr int first_late = 2;

inline double pressure(int step, const tessera::Index& at) { return value_at<double>(1, step, at); }
inline std::int32_t velocity(int step, const tessera::Index& at, int component) {
  return value_at<std::int32_t>(2, step, at, component);
}

/// Writes a file on `ranks` ranks: fields of several types, one static, one that begins late, scalars, parameters.
inline void write_steps(const std::string& path, int ranks, tessera::Options options = {.overwrite = true},
                        bool close = true) {
  const FirstRanks group(ranks);
  if (group.has_this_rank()) {
    tessera::Writer out(group.comm(), path, options);
    auto run = out.run("a",
                       {{"viscosity", 0.25},
                        {"resolution", 100},
                        {"name", "b\xc3\xa4r"},
                        {"on", true},
                        {"list", std::vector<double>{1, 2.5}},
                        {"words", std::vector<std::string>{"x", "yz"}}},
                       {.time_unit = "s"});
    const tessera::Grid grid{shape, {.spacing = {0.5, 1, 2}, .origin = {3, 0, -1}, .unit = "m"}};
    const auto p = run.field<double>("pressure", grid, {.unit = "Pa", .long_name = "static pressure"});
    const auto v = run.field<std::int32_t>("velocity", grid, {.components = 3});
    const auto single = run.field<double>("single", grid, {.precision = tessera::Precision::single});
    const auto mask = run.field<std::uint8_t>("mask", grid, {.time_dependent = false});
    const auto late = run.field<double>("late", grid, {.fill = -7.0});
    const Blocks blocks = bricks(shape, ranks);
    for (int n = 0; n < steps; ++n) {
      auto step = run.step(0.1 * n);
      for (const tessera::Box& box : blocks[static_cast<std::size_t>(world_rank())]) {
        step.put(p, box, filled<double>(box, 1, [&](const tessera::Index& at, int) { return pressure(n, at); }));
        step.put(v, box,
                 filled<std::int32_t>(box, 3, [&](const tessera::Index& at, int c) { return velocity(n, at, c); }));
        step.put(single, box, filled<double>(box, 1, [&](const tessera::Index& at, int) { return pressure(n, at); }));
        if (n == 0)
          step.put(mask, box,
                   filled<std::uint8_t>(box, 1, [](const tessera::Index& at, int) { return at[0] + at[2]; }));
        if (n >= first_late)
          step.put(late, box, filled<double>(box, 1, [](const tessera::Index& at, int) { return at[1]; }));
      }
      step.scalar("energy", 10.0 + n);
      step.commit();
    }
    if (close) {
      out.close();
    } else {
      MPI_Barrier(group.comm());
      testing::internal::CaptureStderr();  // the warning of the destructor
    }
  }
  if (group.has_this_rank() && !close) testing::internal::GetCapturedStderr();
  MPI_Barrier(MPI_COMM_WORLD);
}

}  // namespace tessera_test
