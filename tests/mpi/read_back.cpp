#include <gtest/gtest.h>

#include <tessera/tessera.hpp>

#include "support/blocks.hpp"
#include "support/box_values.hpp"
#include "support/first_ranks.hpp"
#include "support/for_each_index.hpp"
#include "support/outside.hpp"
#include "support/stored_steps.hpp"
#include "support/test_file.hpp"

using namespace tessera_test;
using tessera::Box;
using tessera::Index;
using tessera::Reader;

namespace {

/// With a layer of ghosts around, as far as the field goes.
Box grown(Box box) {
  for (std::size_t axis = 0; axis < box.rank(); ++axis) {
    box.lower[axis] = std::max<std::int64_t>(0, box.lower[axis] - 1);
    box.upper[axis] = std::min(shape[axis], box.upper[axis] + 1);
  }
  return box;
}

void read_and_compare(MPI_Comm comm, const std::string& path) {
  int rank = 0;
  int ranks = 1;
  MPI_Comm_rank(comm, &rank);
  MPI_Comm_size(comm, &ranks);
  Reader in(comm, path);
  const auto run = in.run("a");
  ASSERT_EQ(run.steps(), steps);
  for (int n = 0; n < steps; ++n) {
    auto step = run.step(n);
    const auto boxes = interleaved(shape, ranks, 0)[static_cast<std::size_t>(rank)];
    std::vector<std::vector<double>> p(boxes.size()), late(boxes.size()), single(boxes.size());
    std::vector<std::vector<float>> rounded(boxes.size());
    std::vector<std::vector<std::int32_t>> v(boxes.size());
    for (std::size_t i = 0; i < boxes.size(); ++i) {
      const Box ghosted = grown(boxes[i]);
      p[i].resize(static_cast<std::size_t>(ghosted.volume()));
      late[i].resize(static_cast<std::size_t>(boxes[i].volume()));
      single[i] = late[i];
      rounded[i].resize(late[i].size());
      v[i].resize(3 * late[i].size());
      step.get("pressure", ghosted, p[i]);
      step.get("late", boxes[i], late[i]);
      step.get("single", boxes[i], single[i]);
      step.get("pressure", boxes[i], rounded[i]);
      step.get("velocity", boxes[i], v[i]);
    }
    step.read();
    for (std::size_t i = 0; i < boxes.size(); ++i) {
      const auto expected = filled<double>(boxes[i], 1, [&](const Index& at, int) { return pressure(n, at); });
      EXPECT_EQ(p[i], filled<double>(grown(boxes[i]), 1, [&](const Index& at, int) { return pressure(n, at); }));
      EXPECT_EQ(v[i], filled<std::int32_t>(boxes[i], 3, [&](const Index& at, int c) { return velocity(n, at, c); }));
      EXPECT_EQ(rounded[i], std::vector<float>(expected.begin(), expected.end()));
      EXPECT_EQ(single[i], std::vector<double>(rounded[i].begin(), rounded[i].end()));
      EXPECT_EQ(late[i],
                filled<double>(boxes[i], 1, [&](const Index& at, int) { return n < first_late ? -7 : at[1]; }));
    }
  }
  in.close();
}

/// Written on n ranks, read on m, for all n and m that there are.
TEST(ReadBack, OnAnyNumberOfRanks) {
  for (int writers = 1; writers <= world_size(); ++writers) {
    const std::string path = output_path("_" + std::to_string(writers) + ".h5");
    write_steps(path, writers);
    for (int readers = 1; readers <= world_size(); ++readers) {
      const FirstRanks group(readers);
      if (group.has_this_rank()) read_and_compare(group.comm(), path);
      MPI_Barrier(MPI_COMM_WORLD);
    }
  }
}

TEST(ReadBack, TellsWhatIsThere) {
  const std::string path = output_path(".h5");
  write_steps(path, world_size());
  Reader in(MPI_COMM_WORLD, path);
  EXPECT_EQ(in.runs(), (std::vector<std::string>{"/", "a"}));
  EXPECT_EQ(in.root().attribute<std::string>("Conventions"), "CF-1.10");
  const auto run = in.run("a");
  EXPECT_EQ(run.attribute<double>("viscosity"), 0.25);
  EXPECT_EQ(run.attribute<int>("resolution"), 100);
  EXPECT_EQ(run.attribute<double>("resolution"), 100);
  EXPECT_EQ(run.attribute<std::string>("name"), "b\xc3\xa4r");
  EXPECT_TRUE(run.attribute<bool>("on"));
  EXPECT_EQ(run.attribute<std::vector<double>>("list"), (std::vector<double>{1, 2.5}));
  EXPECT_EQ(run.attribute<std::vector<std::string>>("words"), (std::vector<std::string>{"x", "yz"}));
  EXPECT_EQ(run.times(), (std::vector<double>{0, 0.1, 0.2}));
  EXPECT_EQ(run.time_unit(), "s");
  EXPECT_EQ(run.scalar("energy"), (std::vector<double>{10, 11, 12}));
  EXPECT_EQ(run.fields(), (std::vector<std::string>{"pressure", "velocity", "single", "mask", "late"}));
  const auto info = run.field("pressure");
  EXPECT_EQ(info.grid.shape, shape);
  EXPECT_EQ(info.grid.options.spacing, (std::vector<double>{0.5, 1, 2}));
  EXPECT_EQ(info.grid.options.origin, (std::vector<double>{3, 0, -1}));
  EXPECT_EQ(info.grid.options.axes, (std::vector<std::string>{"z", "y", "x"}));
  EXPECT_EQ(info.grid.options.units, (std::vector<std::string>{"m", "m", "m"}));
  EXPECT_EQ(info.unit, "Pa");
  EXPECT_EQ(info.long_name, "static pressure");
  EXPECT_EQ(info.type, tessera::DataType::float64);
  EXPECT_EQ(run.field("velocity").components, 3);
  EXPECT_EQ(run.field("single").type, tessera::DataType::float32);
  EXPECT_FALSE(run.field("mask").time_dependent);
  EXPECT_EQ(run.last().number(), 2);
  EXPECT_EQ(run.at_time(0.11, 0.05).number(), 1);
  in.close();
}

/// Strides and ghost layers that are not to be touched; a static field; ranks that ask for nothing.
TEST(ReadBack, IntoMemoryOfAnyLayout) {
  const std::string path = output_path(".h5");
  write_steps(path, world_size());
  Reader in(MPI_COMM_WORLD, path);
  const auto run = in.run("a");
  const Box box{{1, 2, 0}, {4, 6, 5}};
  auto step = run.last();
  std::vector<double> fortran(3 * 4 * 5, -1);
  std::vector<double> haloed(5 * 6 * 7, -1);
  if (world_rank() == 0) {
    step.get("pressure", box, tessera::into(fortran.data(), {3, 4, 5}, {1, 3, 12}));
    step.get("pressure", box, tessera::into(haloed.data(), {5, 6, 7}, {42, 7, 1}).with_halo(1));
  }
  step.read();
  for_each_index(box.extents(), [&](const Index& at) {
    if (world_rank() != 0) return;
    const double expected = pressure(2, {at[0] + 1, at[1] + 2, at[2]});
    EXPECT_EQ(fortran[static_cast<std::size_t>(at[0] + 3 * at[1] + 12 * at[2])], expected);
    EXPECT_EQ(haloed[static_cast<std::size_t>((at[0] + 1) * 42 + (at[1] + 1) * 7 + at[2] + 1)], expected);
  });
  EXPECT_EQ(std::ranges::count(haloed, -1), world_rank() == 0 ? 5 * 6 * 7 - 60 : 5 * 6 * 7);

  auto statics = run.statics();
  std::vector<std::uint8_t> mask(9 * 7 * 5);
  statics.get("mask", Box{{0, 0, 0}, shape}, mask);
  statics.read();
  EXPECT_EQ(mask, filled<std::uint8_t>(Box{{0, 0, 0}, shape}, 1, [](const Index& at, int) { return at[0] + at[2]; }));
  in.close();
}

/// While it is written, and after a writer that was not closed.
TEST(ReadBack, WhatIsCommittedThoughNobodyClosedIt) {
  const std::string path = output_path(".h5");
  if (is_collective()) GTEST_SKIP() << "the collective engine's files can be read once they are closed";
  write_steps(path, world_size(), {.overwrite = true}, false);
  read_and_compare(MPI_COMM_WORLD, path);
}

/// Written by h5py and xarray, and by h5repack of one of ours.
TEST(ReadBack, FilesOfOthers) {
  if (!has_python()) GTEST_SKIP() << "no Python with h5py";
  const std::string path = fresh_directory() + "/foreign.h5";
  python(R"(import h5py, numpy as np
with h5py.File(sys.argv[1], "w") as f:
    g = f.create_group("deep/run")
    g.attrs["note"] = "by h5py"
    for name, values in (("time", [0.0, 1.0]), ("y", np.arange(4) * 0.5), ("x", np.arange(3.0))):
        g[name] = values
        g[name].make_scale(name)
    u = g.create_dataset("u", data=np.arange(24, dtype=">f4").reshape(2, 4, 3), chunks=(2, 2, 2), compression="gzip")
    for axis, name in enumerate(("time", "y", "x")):
        u.dims[axis].attach_scale(g[name])
    g["plain"] = np.arange(12, dtype="i8").reshape(4, 3)
    g["text"] = "left out"
)",
         path);
  MPI_Barrier(MPI_COMM_WORLD);
  Reader in(MPI_COMM_WORLD, path);
  const auto run = in.run("deep/run");
  EXPECT_EQ(run.attribute<std::string>("note"), "by h5py");
  EXPECT_EQ(run.fields(), (std::vector<std::string>{"plain", "u"}));
  EXPECT_EQ(run.field("u").grid.options.spacing, (std::vector<double>{0.5, 1}));
  std::vector<double> u(12);
  auto step = run.last();
  step.get("u", Box{{0, 0}, {4, 3}}, u);
  step.read();
  EXPECT_EQ(u[5], 17);
  std::vector<std::int64_t> plain(12);
  auto statics = run.statics();
  statics.get("plain", Box{{0, 0}, {4, 3}}, plain);
  statics.read();
  EXPECT_EQ(plain[11], 11);
  in.close();
}

}  // namespace
