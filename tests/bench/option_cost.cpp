/// \file
/// What an option costs, statistics or the report (or nothing: how exact that is); or a stretched or a curvilinear grid
/// against a uniform one, or vectors put from three arrays against those of one: two writers in one process, one with
/// it and one without, commit by turns; prints the ratio of the medians of both, each on its slowest rank, the median
/// of the ratios of pairs, the ratio of the fastest tenths, and that of rank 0's processor time, which says the more
/// the busier the machine is. Asserts nothing.
///
///     mpi_launch.sh RANKS option_cost [--of statistics|report|rectilinear|curvilinear|components|nothing] [--edge N]
///     [--chunk N] [--steps N]
///         [--components N] [--single] [--level N] [--directory DIR]

#include <mpi.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

#include <tessera/tessera.hpp>

#include "block.hpp"
#include "median.hpp"
#include "run_main.hpp"
#include "slowest_rank.hpp"

namespace {

struct Setting {
  std::string option = "statistics";
  std::int64_t edge = 128;
  std::int64_t chunk = 64;
  int steps = 20;
  std::int64_t components = 1;
  bool single = false;
  int level = 4;
  std::string directory = "/dev/shm";
};

struct File {
  tessera::Writer writer;
  tessera::Run run;
  tessera::Field<double> field;
};

/// Cubes; the places of a curvilinear one are put at once, and are no part of what is measured.
tessera::Grid grid_of(const Setting& setting, bool is_with) {
  tessera::Grid grid{{setting.edge, setting.edge, setting.edge}};
  if (is_with && setting.option == "rectilinear") {
    std::vector<double> values;
    for (std::int64_t i = 0; i < setting.edge; ++i) values.push_back(static_cast<double>(i * i));
    grid.options.coordinates = {values};
  }
  if (is_with && setting.option == "curvilinear") grid.options = {.axes = {"k", "j", "i"}, .places = {"x", "y", "z"}};
  return grid;
}

void put_places(tessera::Run& run, const tessera::Grid& grid, const tessera::Box& box, const double* values) {
  auto statics = run.statics();
  for (const std::string& name : grid.options.places) {
    statics.put(run.field<double>(name, grid, {.time_dependent = false}), box, tessera::copied(values));
  }
  if (!grid.options.places.empty()) statics.commit();
}

File open(const Setting& setting, const std::string& name, bool is_with, const tessera::Box& box,
          const double* values) {
  tessera::Options options{.overwrite = true, .codec = {setting.level, true}};
  options.statistics = is_with && setting.option == "statistics";
  options.report.measure = is_with && setting.option == "report";
  tessera::Writer writer(MPI_COMM_WORLD, setting.directory + "/" + name, options);
  tessera::Run run = writer.run("run");
  const tessera::Grid grid = grid_of(setting, is_with);
  put_places(run, grid, box, values);
  auto field =
      run.field<double>("u", grid,
                        {.components = setting.components,
                         .precision = setting.single ? tessera::Precision::single : tessera::Precision::as_given,
                         .chunk = tessera::Index::filled(3, setting.chunk)});
  return {std::move(writer), run, field};
}

double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double fast_tenth(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 10];
}

void measure(const Setting& setting) {
  const auto [rank, ranks, box, one] = bench::own_part(setting.edge);
  std::vector<double> values;
  for (const double value : one) values.insert(values.end(), static_cast<std::size_t>(setting.components), value);
  const std::vector<std::vector<double>> parts(setting.option == "components" ? 3 : 0, one);
  std::vector<File> files;
  for (const bool is_with : {false, true}) {
    files.push_back(open(setting, is_with ? "with.h5" : "without.h5", is_with, box, one.data()));
  }
  std::vector<double> seconds[2];
  double processor[2] = {0, 0};
  for (int number = 0; number < setting.steps; ++number) {
    for (int turn = 0; turn < 2; ++turn) {
      const std::size_t which = static_cast<std::size_t>((turn + number) % 2);  // neither is always the first
      auto step = files[which].run.step(number);
      if (which == 1 && setting.option == "components") {
        step.put(files[which].field, box, tessera::components(parts[0], parts[1], parts[2]));
      } else {
        step.put(files[which].field, box, values.data());
      }
      const double begin = processor_seconds();
      seconds[which].push_back(bench::slowest_rank([&] { step.commit(); }));
      if (number > 0) processor[which] += processor_seconds() - begin;
    }
  }
  for (File& file : files) file.writer.close();
  std::vector<double> ratios;
  for (std::size_t i = 0; i < seconds[0].size(); ++i) ratios.push_back(seconds[1][i] / seconds[0][i]);
  if (rank == 0) {
    std::printf(
        "%s: %d ranks, %lld^3 x %lld, %s, level %d: without %.3f ms, with %.3f ms; ratio of medians %.4f, median "
        "of ratios %.4f, fast tenth %.4f; processor time %.4f\n",
        setting.option.c_str(), ranks, static_cast<long long>(setting.edge), static_cast<long long>(setting.components),
        setting.single ? "float32" : "float64", setting.level, 1e3 * bench::median(seconds[0]),
        1e3 * bench::median(seconds[1]), bench::median(seconds[1]) / bench::median(seconds[0]), bench::median(ratios),
        fast_tenth(seconds[1]) / fast_tenth(seconds[0]), processor[1] / processor[0]);
  }
}

}  // namespace

int main(int argc, char** argv) {
  Setting setting;
  const auto options = [&](CLI::App& app) {
    bench::add_common_options(app, setting);
    app.add_option("--of", setting.option, "the option")
        ->check(CLI::IsMember({"statistics", "report", "rectilinear", "curvilinear", "components", "nothing"}));
    app.add_option("--chunk", setting.chunk, "edge of a chunk");
    app.add_option("--components", setting.components, "values per point");
    app.add_flag("--single", setting.single, "stored as float32");
  };
  return bench::run_main(argc, argv, "What an option costs a commit", options, [&] {
    if (setting.option == "components") setting.components = 3;
    measure(setting);
  });
}
