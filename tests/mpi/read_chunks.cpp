#include <gtest/gtest.h>

#include <tessera/tessera.hpp>

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <set>
#include <sstream>

#include "support/blocks.hpp"
#include "support/box_values.hpp"
#include "support/outside.hpp"
#include "support/same_error.hpp"
#include "support/test_file.hpp"

// How chunks are read: each by one rank, whoever asks for what.

using namespace tessera_test;
using tessera::Box;
using tessera::ErrorCode;
using tessera::Grid;
using tessera::Index;
using tessera::Reader;
using tessera::Writer;

namespace {

const Index shape{21, 18, 10};
const Box whole{{0, 0, 0}, shape};
constexpr int steps = 2;

/// Fields of several types, chunks and codecs, by all ranks.
void write(const std::string& path) {
  Writer out(MPI_COMM_WORLD, path, {.overwrite = true});
  auto run = out.run("a");
  const Grid grid{shape};
  const auto p = run.field<double>("p", grid, {.chunk = {4, 4, 4}});
  const auto v =
      run.field<float>("v", grid, {.components = 3, .chunk = {7, 18, 5}, .codec = tessera::Codec::deflate(1)});
  const auto n = run.field<std::int16_t>("n", grid, {.chunk = {21, 18, 10}, .codec = tessera::Codec::none()});
  const Blocks blocks = bricks(shape, world_size());
  for (int number = 0; number < steps; ++number) {
    auto step = run.step(number);
    for (const Box& box : blocks[static_cast<std::size_t>(world_rank())]) {
      step.put(p, box, values_of<double>(1, number, box));
      step.put(v, box, values_of<float>(2, number, box, 3));
      step.put(n, box, values_of<std::int16_t>(3, number, box));
    }
    step.commit();
  }
  out.close();
}

/// All fields of the boxes at once, some boxes twice, and one of the fields as another type.
void read_boxes(const std::string& path, const std::vector<Box>& boxes, const tessera::ReaderOptions& options) {
  Reader in(MPI_COMM_WORLD, path, options);
  const auto run = in.run("a");
  for (int number = 0; number < steps; ++number) {
    auto step = run.step(number);
    std::vector<std::vector<double>> p, again, wide;
    std::vector<std::vector<float>> v;
    std::vector<std::vector<std::int16_t>> n;
    for (const Box& box : boxes) {
      const auto cells = static_cast<std::size_t>(box.volume());
      p.emplace_back(cells);
      again.emplace_back(cells);
      wide.emplace_back(3 * cells);
      v.emplace_back(3 * cells);
      n.emplace_back(cells);
    }
    for (std::size_t i = 0; i < boxes.size(); ++i) {
      step.get("p", boxes[i], p[i]);
      step.get("v", boxes[i], v[i]);
      step.get("n", boxes[i], n[i]);
      step.get("p", boxes[i], again[i]);
      step.get("v", boxes[i], wide[i]);
    }
    step.read();
    for (std::size_t i = 0; i < boxes.size(); ++i) {
      const auto expected = values_of<float>(2, number, boxes[i], 3);
      EXPECT_EQ(p[i], values_of<double>(1, number, boxes[i]));
      EXPECT_EQ(again[i], p[i]);
      EXPECT_EQ(v[i], expected);
      EXPECT_EQ(wide[i], std::vector<double>(expected.begin(), expected.end()));
      EXPECT_EQ(n[i], values_of<std::int16_t>(3, number, boxes[i]));
    }
  }
  in.close();
}

TEST(ReadChunks, WhoeverAsksForWhat) {
  const std::string path = output_path(".h5");
  write(path);
  const auto rank = static_cast<std::size_t>(world_rank());
  const int ranks = world_size();
  const std::vector<std::pair<const char*, std::vector<Box>>> ways{
      {"as written", bricks(shape, ranks)[rank]},
      {"everybody everything", {whole}},
      {"one rank everything", all_on(shape, ranks, ranks - 1)[rank]},
      {"every layer another rank", interleaved(shape, ranks, 1)[rank]},
      {"uneven", uneven_slabs(shape, ranks, 2)[rank]},
      {"overlapping", {{{0, 0, 0}, {11, 18, 10}}, {{10, 3, 2}, {21, 18, 9}}, {{5, 5, 5}, {6, 6, 6}}}},
      {"nobody anything", {}},
  };
  for (const auto& [name, boxes] : ways) {
    SCOPED_TRACE(name);
    read_boxes(path, boxes, {});
    // Messages one after the other, and threads.
    read_boxes(path, boxes, {.memory_budget = 1, .threads = 3});
  }
}

/// A chunk of a dataset, as its address and size, by h5py; on every rank.
std::pair<long, long> place_of(const std::string& path, const std::string& dataset, const std::string& chunk) {
  const std::string text = python("d = h5py.File(sys.argv[1], 'r')['" + dataset + "'].id\n" +
                                      "i = d.get_chunk_info_by_coord((" + chunk + "))\nprint(i.byte_offset, i.size)",
                                  path);
  std::istringstream in(text);
  std::pair<long, long> place;
  in >> place.first >> place.second;
  return place;
}

void overwrite(const std::string& path, long at, unsigned char difference) {
  on_first_rank([&] {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(at);
    const int before = file.get();
    file.seekp(at);
    file.put(static_cast<char>(before ^ difference));
  });
}

/// A damaged chunk is told by name, on all ranks, also by those that do not want it; the others can be read.
TEST(ReadChunks, DamageIsToldByName) {
  if (!has_python()) GTEST_SKIP() << "no Python with h5py";
  const std::string path = fresh_directory() + "/damaged.h5";
  write(path);
  const auto [address, size] = place_of(path, "a/p", "1, 8, 0, 4");
  overwrite(path, address + size / 2, 0x55);
  Reader in(MPI_COMM_WORLD, path);
  const auto run = in.run("a");
  std::vector<double> all(static_cast<std::size_t>(whole.volume()));
  for (const std::set<int>& who : culprits()) {
    auto step = run.step(1);
    if (who.contains(world_rank())) step.get("p", whole, all);
    // 5 chunks along y, 3 along x: chunk (2, 0, 1) is number 31.
    expect_error({ErrorCode::hdf5, {"field 'p' of run 'a'", "step 1", "chunk 31 ", "[8:12, 0:4, 4:8]", "zlib"}},
                 [&] { step.read(); });
    step.get("p", Box{{0, 0, 0}, {8, 18, 10}}, std::span(all).first(8 * 18 * 10));
    step.read();
    EXPECT_EQ(all[3], value_at<double>(1, 1, {0, 0, 3}));
  }
  in.close();
}

TEST(ReadChunks, ATruncatedFileIsAnError) {
  if (!has_python()) GTEST_SKIP() << "no Python with h5py";
  const std::string path = fresh_directory() + "/short.h5";
  write(path);
  const auto [address, size] = place_of(path, "a/p", "1, 0, 0, 0");
  Reader in(MPI_COMM_WORLD, path);
  on_first_rank([&] { EXPECT_EQ(truncate(path.c_str(), address + size - 1), 0); });
  auto step = in.run("a").step(1);
  std::vector<double> cells(8);
  step.get("p", Box{{0, 0, 0}, {2, 2, 2}}, cells);
  // The index of the chunks lies behind them.
  expect_error({ErrorCode::hdf5, {"field 'p' of run 'a'", "step 1", "chunk 0 "}}, [&] { step.read(); });
  in.close();
}

TEST(ReadChunks, AnotherFileOfThatNameIsAnError) {
  const std::string path = fresh_directory() + "/replaced.h5";
  write(path);
  Reader in(MPI_COMM_WORLD, path);
  MPI_Barrier(MPI_COMM_WORLD);
  on_first_rank([&] { EXPECT_EQ(rename(path.c_str(), (path + ".before").c_str()), 0); });
  write(path);
  auto step = in.run("a").step(1);
  std::vector<double> all(static_cast<std::size_t>(whole.volume()));
  step.get("p", whole, all);
  expect_error({ErrorCode::storage, {"another one", "open it again"}}, [&] { step.read(); });
  in.close();
}

/// By h5py: filters that are read here and ones that HDF5 reads, chunks that nobody wrote, layouts that are not ours.
TEST(ReadChunks, OfOtherPrograms) {
  if (!has_python()) GTEST_SKIP() << "no Python with h5py";
  const std::string path = fresh_directory() + "/foreign.h5";
  python(R"(import numpy as np
import os
def fill(f):
    a = np.arange(2 * 9 * 10, dtype="f8").reshape(2, 9, 10)
    g = f.create_group("a")
    for name, values in (("time", [0.0, 1.0]), ("y", np.arange(9.0)), ("x", np.arange(10.0))):
        g[name] = values
        g[name].make_scale(name)
    def add(name, dtype="f8", data=a, **how):
        d = g.create_dataset(name, shape=a.shape, dtype=dtype, fillvalue=None if dtype == "u1" else -3, **how)
        if data is not None: d[...] = data
        for axis, scale in enumerate(("time", "y", "x")): d.dims[axis].attach_scale(g[scale])
        return d
    c = (1, 4, 3)
    add("fletcher", chunks=c, compression="gzip", shuffle=True, fletcher32=True)
    add("only_fletcher", dtype="i2", chunks=c, fletcher32=True)
    add("gzip", dtype="f4", chunks=c, compression="gzip")
    add("shuffle", dtype="i8", chunks=c, shuffle=True)
    add("plain", dtype="u1", chunks=c)
    add("scaled", dtype="i4", chunks=c, scaleoffset=8)
    add("contiguous")
    add("big_endian", dtype=">f8", chunks=c, compression="gzip")
    add("two_steps", chunks=(2, 4, 3), compression="gzip")
    add("one_chunk", chunks=(1, 9, 10), compression="gzip")
    add("absent", chunks=c, data=None)
    holes = add("holes", chunks=c, data=None, compression="gzip")
    holes[1, 4:8, 3:6] = a[1, 4:8, 3:6]
    masked = add("masked", chunks=(1, 9, 10), data=None, compression="gzip", shuffle=True)
    for t in range(2): masked.id.write_direct_chunk((t, 0, 0), a[t].tobytes(), 3)
    growing = add("growing", chunks=c, maxshape=(None, None, 10), compression="gzip")
with h5py.File(sys.argv[1], "w", libver=("earliest", "v110")) as f: fill(f)
with h5py.File(sys.argv[1] + ".old", "w") as f: fill(f)
with h5py.File(sys.argv[1] + ".block", "w", userblock_size=512) as f: fill(f)
)",
         path);
  for (const std::string suffix : {"", ".old", ".block"}) {
    Reader in(MPI_COMM_WORLD, path + suffix);
    const auto run = in.run("a");
    EXPECT_EQ(run.fields().size(), 14U);
    for (const std::string& name : run.fields()) {
      SCOPED_TRACE(name + suffix);
      auto step = run.step(1);
      const Box box{{world_rank() % 3, 1}, {9, 10}};
      const auto read = [&]<class T>(T) {
        std::vector<T> values(static_cast<std::size_t>(box.volume()));
        step.get(name, box, values);
        step.read();
        std::size_t next = 0;
        for (std::int64_t y = box.lower[0]; y < 9; ++y) {
          for (std::int64_t x = 1; x < 10; ++x) {
            const bool there = name != "absent" && (name != "holes" || (y >= 4 && y < 8 && x >= 3 && x < 6));
            ASSERT_EQ(values[next++], static_cast<T>(there ? 90 + 10 * y + x : -3)) << y << ", " << x;
          }
        }
      };
      switch (run.field(name).type) {
        case tessera::DataType::int16: read(std::int16_t{}); break;
        case tessera::DataType::int32: read(std::int32_t{}); break;
        case tessera::DataType::int64: read(std::int64_t{}); break;
        case tessera::DataType::uint8: read(std::uint8_t{}); break;
        case tessera::DataType::float32: read(float{}); break;
        default: read(double{}); break;
      }
    }
    in.close();
  }
}

}  // namespace
