/// \file
/// Whether ranks of a node had better take turns in writing. Two writers in one process, one whose ranks write at once
/// and one of which only some do at a time, commit by turns. Prints the ratio of the medians of both, each on its
/// slowest rank, the median of the ratios of pairs and that of the fastest commits. Asserts nothing.
///
///     mpi_launch.sh RANKS nodes [--writers N] [--edge N] [--chunk N] [--steps N] [--level N] [--async] [--power-safe]
///     [--directory DIR]

#include <mpi.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <tessera/tessera.hpp>

#include "block.hpp"
#include "median.hpp"
#include "run_main.hpp"
#include "slowest_rank.hpp"

namespace {

struct Setting {
  std::size_t writers = 1;
  std::int64_t edge = 128;
  std::int64_t chunk = 64;
  int steps = 30;
  int level = 4;
  bool is_async = false;
  bool power_safe = false;
  std::string directory = "/dev/shm";
};

constexpr int before = 6;  ///< steps until ranks have space ahead of time
constexpr std::size_t at_once = 1'000'000;

struct File {
  tessera::Writer writer;
  tessera::Run run;
  tessera::Field<double> field;

  void commit(double time, const tessera::Box& box, const double* values, bool is_async) {
    auto step = run.step(time);
    step.put(field, box, values);
    is_async ? step.commit_async() : step.commit();
    if (is_async) writer.wait();
  }
};

File open(const Setting& setting, const std::string& name, std::size_t writers) {
  tessera::Options options{.overwrite = true, .codec = {setting.level, setting.level > 0}};
  options.durability = setting.power_safe ? tessera::Durability::power_safe : tessera::Durability::kill_safe;
  setenv("TESSERA_WRITERS_PER_NODE", std::to_string(writers).c_str(), 1);
  tessera::Writer writer(MPI_COMM_WORLD, setting.directory + "/" + name, options);
  tessera::Run run = writer.run("run");
  const tessera::Grid grid{{setting.edge, setting.edge, setting.edge}};
  auto field = run.field<double>("u", grid, {.chunk = tessera::Index::filled(3, setting.chunk)});
  return {std::move(writer), run, field};
}

void measure(const Setting& setting) {
  const auto [rank, ranks, box, values] = bench::own_part(setting.edge);
  std::vector<File> files;
  files.push_back(open(setting, "nodes_at_once.h5", at_once));
  files.push_back(open(setting, "nodes_in_turns.h5", setting.writers));
  std::vector<double> seconds[2];
  std::vector<double> ratios;
  for (int number = 0; number < before + setting.steps; ++number) {
    double of_pair[2] = {0, 0};
    for (int turn = 0; turn < 2; ++turn) {
      const auto which = static_cast<std::size_t>((turn + number) % 2);  // neither is always the first
      of_pair[which] = bench::slowest_rank([&] { files[which].commit(number, box, values.data(), setting.is_async); });
    }
    if (number < before) continue;
    for (std::size_t which = 0; which < 2; ++which) seconds[which].push_back(of_pair[which]);
    ratios.push_back(of_pair[1] / of_pair[0]);
  }
  const std::string chosen = files[1].writer.explain();
  for (File& file : files) file.writer.close();
  if (rank != 0) return;
  const auto line = chosen.find("\n    on ");
  std::printf("%s\n", chosen.substr(line + 5, chosen.find('\n', line + 1) - line - 5).c_str());
  std::printf(
      "%d ranks, %lld^3 float64, chunks of %lld^3, level %d%s%s, %s: at once %.2f ms, in turns %.2f ms; in turns over "
      "at "
      "once: medians %.3f, median of pairs %.3f (%.2f to %.2f), fastest %.3f\n",
      ranks, static_cast<long long>(setting.edge), static_cast<long long>(setting.chunk), setting.level,
      setting.is_async ? ", commit_async and wait" : "", setting.power_safe ? ", power_safe" : "",
      setting.directory.c_str(), 1e3 * bench::median(seconds[0]), 1e3 * bench::median(seconds[1]),
      bench::median(seconds[1]) / bench::median(seconds[0]), bench::median(ratios), *std::ranges::min_element(ratios),
      *std::ranges::max_element(ratios), *std::ranges::min_element(seconds[1]) / *std::ranges::min_element(seconds[0]));
}

}  // namespace

int main(int argc, char** argv) {
  Setting setting;
  const auto options = [&](CLI::App& app) {
    app.add_option("--writers", setting.writers, "at a time");
    app.add_option("--edge", setting.edge, "of the grid");
    app.add_option("--chunk", setting.chunk, "edge of a chunk");
    app.add_option("--steps", setting.steps, "of each file")->check(CLI::Range(1, 1000000));
    app.add_option("--level", setting.level, "of compression; 0: none");
    app.add_flag("--async", setting.is_async, "commit_async, and wait");
    app.add_flag("--power-safe", setting.power_safe, "each commit waits for the disk");
    app.add_option("--directory", setting.directory, "where to write");
  };
  return bench::run_main(argc, argv, "Ranks that write at once or in turns", options, [&] { measure(setting); });
}
