/// \file
/// How long a simulation waits for its output: by turns it copies its block (memcpy), commits a step, and commits one
/// without waiting, then computes for as long as a commit takes. Prints, of the slowest rank each: seconds
/// blocked by a commit that does not wait over those of the copy, and which part of what a commit takes was hidden;
/// medians, and of the fastest pair. Asserts nothing.
///
///     mpi_launch.sh RANKS wait [--edge N] [--steps N] [--busy PART] [--length TIMES] [--shift N] [--level N]
///     [--directory DIR] [--explain] [--by-thread]
///
/// --by-thread: by turns also with a file whose steps a thread publishes (Options::publish_by), which has a line of its
/// own. Needs MPI_THREAD_MULTIPLE: OMPI_MPI_THREAD_LEVEL=3 with Open MPI.
///
/// Says also how much longer computing takes beside output than without: with --busy 1 it is a fixed amount of work;
/// and the processor time of rank 0 for a commit and computing, which other programs on the machine change little.
///
/// --length: of computing, times that of a commit. --busy: the part of the time in which computing uses its core; the
/// rest it sleeps, in turns of a millisecond.

#include <mpi.h>

#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <list>
#include <string>
#include <vector>

#include <tessera/tessera.hpp>

#include "block.hpp"
#include "computing.hpp"
#include "median.hpp"
#include "run_main.hpp"
#include "slowest_rank.hpp"

namespace {

struct Setting {
  std::int64_t edge = 128;
  int steps = 15;
  double busy = 0.5;
  double length = 1;
  std::int64_t shift = 0;
  int level = 4;
  std::string directory = "/dev/shm";
  bool explain = false;
  bool by_thread = false;
};

struct File {
  explicit File(const Setting& setting, const std::string& name,
                tessera::PublishBy publish_by = tessera::PublishBy::next_call)
      : writer(MPI_COMM_WORLD, setting.directory + "/" + name,
               {.overwrite = true, .codec = {setting.level, setting.level > 0}, .publish_by = publish_by}),
        run(writer.run("run")),
        field(run.field<double>("u", tessera::Grid{{setting.edge, setting.edge, setting.edge}},
                                {.chunk = tessera::Index::filled(3, std::min<std::int64_t>(setting.edge, 64))})) {}
  tessera::Step step(int number, const tessera::Box& box, const double* values) {
    tessera::Step step = run.step(number);
    step.put(field, box, values);
    return step;
  }
  tessera::Writer writer;
  tessera::Run run;
  tessera::Field<double> field;
};

/// A file to which commits do not wait, and what they took.
struct Output {
  const char* name;
  File file;
  std::vector<double> blocked = {};
  std::vector<double> longer = {};
  std::vector<double> processor = {};  ///< seconds
};

/// Of all threads of this process.
double processor_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// One commit that does not wait, and computing beside it.
/// \param counts false: until memory has been touched, and it is known how large steps are
void take_turn(const Setting& setting, Output& output, const bench::Work& work, tessera::Step step, double length,
               bool counts) {
  const double begin = processor_seconds();
  const double wait = bench::slowest_rank([&] { step.commit_async(); });
  double slowed = 1;
  if (setting.busy < 1) bench::compute(length, setting.busy);
  else slowed = bench::slowest_rank([&] { work(length); }) / length;
  if (!counts) return;
  output.blocked.push_back(wait);
  output.longer.push_back(slowed);
  output.processor.push_back(processor_seconds() - begin);
}

void print(const Setting& setting, int ranks, const std::vector<double>& copies, const std::vector<double>& commits,
           const Output& output) {
  std::vector<double> over_copy, hidden;
  for (std::size_t i = 0; i < copies.size(); ++i) {
    over_copy.push_back(output.blocked[i] / copies[i]);
    hidden.push_back(1 - (output.blocked[i] - copies[i]) / commits[i]);
  }
  std::printf(
      "%s: %d ranks, %lld^3 float64, level %d, shift %lld, busy %.2f, length %.2f: copy %.2f ms, commit %.2f ms, "
      "blocked %.2f ms; blocked over copy: median %.2f, fastest pair %.2f; hidden: median %.0f %%, fastest pair %.0f "
      "%%; computing beside output %.2f times as long; processor time %.2f ms\n",
      output.name, ranks, static_cast<long long>(setting.edge), setting.level, static_cast<long long>(setting.shift),
      setting.busy, setting.length, 1e3 * bench::median(copies), 1e3 * bench::median(commits),
      1e3 * bench::median(output.blocked), bench::median(over_copy), *std::ranges::min_element(over_copy),
      100 * bench::median(hidden), 100 * *std::ranges::max_element(hidden), bench::median(output.longer),
      1e3 * bench::median(output.processor));
}

void measure(const Setting& setting) {
  const auto [rank, ranks, box, values] = bench::own_part(setting.edge, setting.shift);
  std::vector<double> target(values.size());
  File waiting(setting, "waiting.h5");
  std::list<Output> outputs;
  outputs.push_back({"published by the next call", File(setting, "async.h5")});
  if (setting.by_thread) {
    outputs.push_back({"published by a thread", File(setting, "by_thread.h5", tessera::PublishBy::thread_alone)});
  }
  std::vector<double> copies, commits;
  const bench::Work work;
  for (int number = 0; number < setting.steps; ++number) {
    const bool counts = number >= 3;
    const double copy =
        bench::slowest_rank([&] { std::memcpy(target.data(), values.data(), values.size() * sizeof(double)); });
    tessera::Step step = waiting.step(number, box, values.data());
    const double commit = bench::slowest_rank([&] { step.commit(); });
    if (counts) copies.push_back(copy);
    if (counts) commits.push_back(commit);
    const double length = setting.length * (commits.empty() ? commit : bench::median(commits));
    for (Output& output : outputs) {
      take_turn(setting, output, work, output.file.step(number, box, values.data()), length, counts);
    }
  }
  waiting.writer.close();
  for (Output& output : outputs) {
    if (setting.explain && rank == 0) std::printf("%s", output.file.writer.explain().c_str());
    output.file.writer.close();
    if (rank == 0) print(setting, ranks, copies, commits, output);
  }
}

}  // namespace

int main(int argc, char** argv) {
  Setting setting;
  const auto options = [&](CLI::App& app) {
    bench::add_common_options(app, setting, 5);
    app.add_option("--busy", setting.busy, "part of the time in which computing uses its core")
        ->check(CLI::Range(0.05, 1.0));
    app.add_option("--length", setting.length, "of computing, times that of a commit")->check(CLI::PositiveNumber);
    app.add_option("--shift", setting.shift, "cells by which blocks do not follow the chunks");
    app.add_flag("--by-thread", setting.by_thread, "by turns also with a thread that publishes");
    app.add_flag("--explain", setting.explain, "what Writer::explain says of the commits that do not wait");
  };
  return bench::run_main(argc, argv, "How long a simulation waits for its output", options, [&] { measure(setting); });
}
