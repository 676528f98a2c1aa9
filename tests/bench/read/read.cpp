/// \file
/// Reading back, against stock readers and against what no reader can do without. Prints one line per comparison: the
/// other's time over Tessera's (for the floor: Tessera's over its), the median of interleaved pairs and the quotient of
/// the fastest. Files lie in memory.
///
///     read [--edge 256] [--shift 10] [--python /usr/bin/python3]    all steps of a field, deflate 4
///     read --segments 4                                             a field in so many files, through one that shows
///     them read --open [--steps 1000] [--per-step 1000]                  opening a file of so many chunks, continuing
///     it

#include <hdf5.h>
#include <mpi.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <optional>

#include <tessera/reader.hpp>
#include <tessera/segments.hpp>
#include <tessera/writer.hpp>

#include "block.hpp"
#include "median.hpp"
#include "readers.hpp"
#include "slowest_rank.hpp"
#include "turbulence.hpp"
#include "writers.hpp"

namespace {

struct Arguments {
  bench::Case what{.edge = 256, .chunk = 64, .steps = 1, .engine = "direct", .repetitions = 5};
  std::int64_t shift = 10;
  std::string python;
  bool open = false;
  int segments = 0;
  int per_step = 1000;
  int static_chunks = 0;
};

int rank_of_world() {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return rank;
}

/// Interleaved pairs, after one that is not counted.
void compare(const char* name, int repetitions, const std::function<double()>& slow,
             const std::function<double()>& fast) {
  std::vector<double> ratios, slows, fasts;
  for (int n = 0; n <= repetitions; ++n) {
    double first = 0;
    double second = 0;
    if (n % 2 == 0) first = slow();
    second = fast();
    if (n % 2 != 0) first = slow();
    if (n == 0) continue;
    ratios.push_back(first / second);
    slows.push_back(first);
    fasts.push_back(second);
  }
  if (rank_of_world() != 0) return;
  const double fastest = std::ranges::min(slows) / std::ranges::min(fasts);
  std::printf("%-52s %8.2f %8.2f\n", name, bench::median(ratios), fastest);
  std::fflush(stdout);
}

std::uint64_t sum_over_ranks(std::uint64_t value) {
  MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_UINT64_T, MPI_SUM, MPI_COMM_WORLD);
  return value;
}

/// The values that were written, by a witness of its own: the field's formula.
bool is_right(const bench::Case& what, const bench::Block& block) {
  bench::Block expected = block;
  expected.in_memory = block.extents;
  fill_with_turbulence(expected, what.edge, 0, expected.values[0]);
  int right = expected.values[0] == block.values[0] ? 1 : 0;
  MPI_Allreduce(MPI_IN_PLACE, &right, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
  return right != 0;
}

int measure_reads(const Arguments& arguments) {
  const bench::Case& what = arguments.what;
  const std::string path = what.directory + "/tessera_bench_read.h5";
  const int rank = rank_of_world();
  int ranks = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  if (rank == 0) std::filesystem::remove(path);  // of a run that was ended
  MPI_Barrier(MPI_COMM_WORLD);
  {
    bench::Block block = block_of(what, rank, ranks);
    block.values.resize(1);
    fill_with_turbulence(block, what.edge, 0, block.values[0]);
    write_with_tessera(MPI_COMM_WORLD, path, what, block);
  }
  bool right = true;
  {
    const bench::ReadFloor floor(path, what);
    bench::PythonReader python(rank == 0 ? arguments.python : "", BENCH_READ_SCRIPT, path);
    if (rank == 0) std::printf("%-52s %8s %8s\n", "comparison", "median", "fastest");
    for (const std::int64_t shift : {std::int64_t{0}, arguments.shift}) {
      bench::Block block = block_of(what, rank, ranks, shift);
      block.values.resize(1);
      block.values[0].resize(static_cast<std::size_t>(block.extents[0] * block.extents[1] * block.extents[2]));
      const auto timed = [](auto&& work) { return bench::slowest_rank(work); };
      const std::string blocks = shift == 0 ? "blocks of whole chunks" : "blocks shifted by " + std::to_string(shift);
      const auto tessera = [&] { return timed([&] { read_with_tessera(path, what, block); }); };
      compare((blocks + ": collective H5Dread / Tessera").c_str(), what.repetitions,
              [&] { return timed([&] { read_by_hand(path, what, block); }); }, tessera);
      compare((blocks + ": Tessera / reading and decoding alone").c_str(), what.repetitions, tessera,
              [&] { return timed([&] { floor.read(); }); });
      if (!arguments.python.empty()) {
        compare((blocks + ": h5py in one process / Tessera").c_str(), what.repetitions,
                [&] {
                  double seconds = rank == 0 ? python.read() : 0;
                  MPI_Bcast(&seconds, 1, MPI_DOUBLE, 0, MPI_COMM_WORLD);
                  return seconds;
                },
                tessera);
      }
      std::ranges::fill(block.values[0], 0.0);
      const std::uint64_t before = bench::bytes_read();
      read_with_tessera(path, what, block);
      const auto bytes = static_cast<double>(sum_over_ranks(bench::bytes_read() - before));
      right = is_right(what, block) && right;
      if (rank == 0)
        std::printf("%-52s %8.3f\n", (blocks + ": bytes read / bytes stored").c_str(),
                    bytes / static_cast<double>(floor.stored_bytes()));
    }
  }
  MPI_Barrier(MPI_COMM_WORLD);
  if (rank == 0) std::filesystem::remove(path);
  if (rank == 0) std::printf("values: %s\n", right ? "as written" : "WRONG");
  return right ? 0 : 1;
}

/// Each has a slab of the field, and each rank some of its planes.
std::vector<std::string> write_segments(const std::string& path, const Arguments& arguments, int rank, int ranks) {
  const std::int64_t edge = arguments.what.edge;
  std::vector<std::string> files;
  for (int number = 0; number < arguments.segments; ++number) {
    const std::int64_t first = edge * number / arguments.segments;
    const std::int64_t planes = edge * (number + 1) / arguments.segments - first;
    bench::Block block;
    block.lower = {first + planes * rank / ranks, 0, 0};
    block.extents = block.in_memory = {first + planes * (rank + 1) / ranks - block.lower[0], edge, edge};
    block.values.resize(1);
    fill_with_turbulence(block, edge, 0, block.values[0]);
    files.push_back(path + "." + std::to_string(number));
    tessera::Writer out(MPI_COMM_WORLD, files.back(), {.overwrite = true});
    auto run = out.run("simulation_1");
    const tessera::Grid grid{{planes, edge, edge}, {.origin = {static_cast<double>(first), 0, 0}}};
    const auto field = run.field<double>("velocity", grid, {.chunk = tessera::Index::filled(3, arguments.what.chunk)});
    auto step = run.step(0);
    const std::int64_t begin = block.lower[0] - first;
    step.put(field, {{begin, 0, 0}, {begin + block.extents[0], edge, edge}}, block.values[0].data());
    step.commit();
    out.close();
  }
  return files;
}

std::uint64_t stored_bytes(const std::vector<std::string>& files) {
  std::uint64_t bytes = 0;
  for (const std::string& path : files) {
    const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    const hid_t dataset = H5Dopen2(file, bench::dataset_path, H5P_DEFAULT);
    bytes += H5Dget_storage_size(dataset);
    H5Dclose(dataset);
    H5Fclose(file);
  }
  return bytes;
}

/// Of HDF5 alone, each rank by itself: what shows the segments cannot be read together.
void read_by_hdf5(const std::string& path, bench::Block& block) {
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  const hid_t dataset = H5Dopen2(file, bench::dataset_path, H5P_DEFAULT);
  const hid_t space = H5Dget_space(dataset);
  hsize_t begin[4] = {0};
  hsize_t count[4] = {1};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    begin[axis + 1] = static_cast<hsize_t>(block.lower[axis]);
    count[axis + 1] = static_cast<hsize_t>(block.extents[axis]);
  }
  H5Sselect_hyperslab(space, H5S_SELECT_SET, begin, nullptr, count, nullptr);
  const hid_t memory = H5Screate_simple(4, count, nullptr);
  H5Dread(dataset, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, block.values[0].data());
  H5Sclose(memory);
  H5Sclose(space);
  H5Dclose(dataset);
  H5Fclose(file);
}

int measure_segments(const Arguments& arguments) {
  const bench::Case& what = arguments.what;
  const std::string path = what.directory + "/tessera_bench_segments.h5";
  const int rank = rank_of_world();
  int ranks = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  const std::vector<std::string> files = write_segments(path, arguments, rank, ranks);
  if (rank == 0) tessera::join_segments(path, files, {.overwrite = true});
  MPI_Barrier(MPI_COMM_WORLD);
  bench::Block block = block_of(what, rank, ranks, arguments.shift);
  block.values.resize(1);
  block.values[0].resize(static_cast<std::size_t>(block.extents[0] * block.extents[1] * block.extents[2]));
  const auto timed = [](auto&& work) { return bench::slowest_rank(work); };
  compare(
      "segments: H5Dread on each rank / Tessera", what.repetitions,
      [&] { return timed([&] { read_by_hdf5(path, block); }); },
      [&] { return timed([&] { read_with_tessera(path, what, block); }); });
  std::ranges::fill(block.values[0], 0.0);
  const std::uint64_t before = bench::bytes_read();
  read_with_tessera(path, what, block);
  const auto bytes = static_cast<double>(sum_over_ranks(bench::bytes_read() - before));
  const bool right = is_right(what, block);
  if (rank == 0) {
    std::printf("%-52s %8.3f\n", "segments: bytes read / bytes stored",
                bytes / static_cast<double>(stored_bytes(files)));
    std::printf("values: %s\n", right ? "as written" : "WRONG");
    for (const std::string& file : files) std::filesystem::remove(file);
    std::filesystem::remove(path);
  }
  return right ? 0 : 1;
}

/// A job that continues the file; its first commit makes a tree of its own.
void measure_append(const std::string& file, const tessera::Index& shape, const Arguments& arguments) {
  std::vector<double> opens, firsts, seconds, laters;
  const std::vector<std::uint8_t> values(static_cast<std::size_t>(arguments.per_step) * 16, 7);
  const std::string copy = file + ".append";
  for (int n = 0; n < arguments.what.repetitions; ++n) {
    std::filesystem::copy_file(file, copy, std::filesystem::copy_options::overwrite_existing);
    const double begin = MPI_Wtime();
    tessera::Writer out(MPI_COMM_SELF, copy, {.open = tessera::OpenMode::append});
    auto run = out.run("a");
    const auto field = run.field<std::uint8_t>("f", tessera::Grid{shape});
    opens.push_back(MPI_Wtime() - begin);
    constexpr int commits = 12;
    for (int i = 0; i < commits; ++i) {
      auto step = run.step(run.last_time() + 1);
      step.put(field, tessera::Box{{0, 0, 0}, shape}, values.data());
      const double before = MPI_Wtime();
      step.commit();
      (i == 0 ? firsts : i == 1 ? seconds : laters).push_back(MPI_Wtime() - before);
    }
    out.close();
  }
  std::filesystem::remove(copy);
  std::printf("continuing it: opening %.4f s, first commit %.4f s, second %.4f s, a later one %.4f s (medians)\n",
              bench::median(opens), bench::median(firsts), bench::median(seconds), bench::median(laters));
}

/// A static field of so many chunks, whose index is a fixed array.
void write_static(tessera::Run& run, int chunks) {
  if (chunks == 0) return;
  const tessera::Grid grid{{chunks, 4}, {.axes = {"part", "place"}}};
  const auto field = run.field<std::uint8_t>("mask", grid, {.time_dependent = false, .chunk = {1, 4}});
  const std::vector<std::uint8_t> values(static_cast<std::size_t>(chunks) * 4, 7);
  auto statics = run.statics();
  statics.put(field, tessera::Box{{0, 0}, {chunks, 4}}, values.data());
  statics.commit();
}

int measure_open(const Arguments& arguments) {
  const std::string path = arguments.what.directory + "/tessera_bench_open.h5";
  const tessera::Index shape{arguments.per_step, 4, 4};
  {
    tessera::Writer out(MPI_COMM_SELF, path + "." + std::to_string(rank_of_world()), {.overwrite = true});
    auto run = out.run("a");
    write_static(run, rank_of_world() == 0 ? arguments.static_chunks : 0);
    const auto field = run.field<std::uint8_t>("f", tessera::Grid{shape}, {.chunk = {1, 4, 4}});
    std::vector<std::uint8_t> values(static_cast<std::size_t>(arguments.per_step) * 16, 7);
    for (int n = 0; rank_of_world() == 0 && n < arguments.what.steps; ++n) {
      auto step = run.step(n);
      step.put(field, tessera::Box{{0, 0, 0}, shape}, values.data());
      step.commit();
    }
    out.close();
  }
  const std::string file = path + ".0";
  std::vector<double> more, reads;
  for (int n = 0; n < arguments.what.repetitions; ++n) {
    const double stock = bench::slowest_rank([&] {
      const hid_t opened = H5Fopen(file.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
      H5Fclose(opened);
    });
    std::optional<tessera::Reader> in;
    more.push_back(bench::slowest_rank([&] { in.emplace(MPI_COMM_WORLD, file); }) - stock);
    reads.push_back(bench::slowest_rank([&] {
      auto step = in->run("a").last();
      std::vector<std::uint8_t> values(static_cast<std::size_t>(arguments.per_step) * 16);
      step.get("f", tessera::Box{{0, 0, 0}, shape}, values);
      step.read();
    }));
    in->close();
  }
  MPI_Barrier(MPI_COMM_WORLD);
  if (rank_of_world() == 0) measure_append(file, shape, arguments);
  std::filesystem::remove(path + "." + std::to_string(rank_of_world()));
  if (rank_of_world() == 0) {
    std::printf("%d steps of %d chunks: Reader() beyond H5Fopen %.4f s (median), last step read by all ranks %.4f s\n",
                arguments.what.steps, arguments.per_step, bench::median(more), bench::median(reads));
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  Arguments arguments;
  CLI::App app("Reading back, against stock readers");
  app.add_option("--edge", arguments.what.edge, "points per axis")->capture_default_str();
  app.add_option("--chunk", arguments.what.chunk, "edge of a chunk")->capture_default_str();
  app.add_option("--steps", arguments.what.steps, "steps")->capture_default_str();
  app.add_option("--level", arguments.what.level, "of deflate")->capture_default_str();
  app.add_option("--shift", arguments.shift, "of the blocks against the chunks")->capture_default_str();
  app.add_option("--repetitions", arguments.what.repetitions, "pairs")->capture_default_str();
  app.add_option("--directory", arguments.what.directory, "for the file")->capture_default_str();
  app.add_option("--python", arguments.python, "an interpreter with h5py");
  app.add_option("--segments", arguments.segments, "files with a field, shown by one")->capture_default_str();
  app.add_flag("--open", arguments.open, "opening a file of many chunks");
  app.add_option("--static", arguments.static_chunks, "chunks of a static field beside, with --open")
      ->capture_default_str();
  app.add_option("--per-step", arguments.per_step, "chunks per step, with --open")->capture_default_str();
  int result = 0;
  try {
    app.parse(argc, argv);
    result = arguments.open           ? measure_open(arguments)
             : arguments.segments > 0 ? measure_segments(arguments)
                                      : measure_reads(arguments);
  } catch (const CLI::ParseError& error) {
    result = app.exit(error);
  }
  MPI_Finalize();
  return result;
}
