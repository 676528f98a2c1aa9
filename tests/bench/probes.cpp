/// \file
/// What 16 probes in every step cost, with one step in a chunk and with many (FieldOptions::chunk): writers in
/// one process, one without probes, commit by turns; prints the ratio of the medians to that without, and of the
/// fastest tenths. Leaves none.h5, single.h5 and spanning.h5, which read_probes.py compares. Asserts nothing.
///
///     mpi_launch.sh RANKS probes [--steps N] [--chunk-steps N] [--directory DIR]
///     read_probes.py DIR
///
/// Each step has a scalar besides.

#include <mpi.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include <tessera/tessera.hpp>

#include "median.hpp"
#include "run_main.hpp"
#include "slowest_rank.hpp"

namespace {

struct Setting {
  int steps = 20000;
  int chunk_steps = 512;
  std::string directory = "/dev/shm";
};

constexpr std::int64_t count = 16;

struct File {
  tessera::Writer writer;
  tessera::Run run;
  tessera::Field<double> probes;
};

File open(const Setting& setting, const char* name, int chunk_steps) {
  tessera::Writer writer(MPI_COMM_WORLD, setting.directory + "/" + name, {.overwrite = true});
  tessera::Run run = writer.run("run");
  tessera::Field<double> probes;
  const tessera::Grid grid{{count}, {.coordinates = {tessera::Coordinates::none()}, .axes = {"probe"}}};
  if (chunk_steps > 0) probes = run.field<double>("p", grid, {.unit = "Pa", .chunk = {chunk_steps, count}});
  return {std::move(writer), run, probes};
}

/// A slow wave with 16 bits behind the point, as a probe's digits often are.
double value_of(int step, std::int64_t probe) {
  return std::round(65536 * (100.0 * static_cast<double>(probe) + std::sin(1e-3 * step))) / 65536;
}

void measure(const Setting& setting) {
  int rank = 0, ranks = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  const char* names[] = {"none", "single", "spanning"};
  std::vector<File> files;
  for (const int steps : {0, 1, setting.chunk_steps}) {
    files.push_back(open(setting, (std::string(names[files.size()]) + ".h5").c_str(), steps));
  }
  std::vector<double> seconds[3];
  std::vector<double> values(count);
  for (int number = 0; number < setting.steps; ++number) {
    for (std::int64_t i = 0; i < count; ++i) values[static_cast<std::size_t>(i)] = value_of(number, i);
    for (int turn = 0; turn < 3; ++turn) {
      const auto which = static_cast<std::size_t>((turn + number) % 3);  // none is always the first
      auto step = files[which].run.step(1e-3 * number);
      step.scalar("energy", number);
      if (which > 0 && rank == 0) step.put(files[which].probes, {{0}, {count}}, values.data());
      seconds[which].push_back(bench::slowest_rank([&] { step.commit(); }));
    }
  }
  for (File& file : files) file.writer.close();
  if (rank > 0) return;
  for (std::size_t which = 0; which < 3; ++which) {
    std::vector<double> sorted = seconds[which], none = seconds[0];
    std::ranges::sort(sorted);
    std::ranges::sort(none);
    std::printf("%-8s: %d ranks, %d steps, a commit %.4f ms, %.2f of one without probes, fastest tenths %.2f\n",
                names[which], ranks, setting.steps, 1e3 * bench::median(sorted),
                bench::median(sorted) / bench::median(none), sorted[sorted.size() / 10] / none[none.size() / 10]);
  }
}

}  // namespace

int main(int argc, char** argv) {
  Setting setting;
  const auto options = [&](CLI::App& app) {
    bench::add_common_options(app, setting);
    app.add_option("--chunk-steps", setting.chunk_steps, "steps in a chunk");
  };
  return bench::run_main(argc, argv, "What probes cost a commit", options, [&] { measure(setting); });
}
