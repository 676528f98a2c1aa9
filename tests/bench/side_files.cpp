/// \file
/// What side files for ParaView cost a commit as the steps grow: writes the same small steps to three files in turn,
/// one without, one with a .vtkhdf and one with a .xmf file. Asserts nothing.
///
///     mpi_launch.sh RANKS side_files [--steps N] [--fields N] [--edge N] [--directory DIR]

#include <mpi.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include <tessera/tessera.hpp>

#include "slowest_rank.hpp"

namespace {

struct Case {
  int steps = 1000;
  int fields = 5;
  std::int64_t edge = 16;  ///< points along each axis, per rank along the first
  std::string directory = "/dev/shm";
};

struct Subject {
  tessera::Writer out;
  tessera::Run run;
  std::vector<tessera::Field<double>> fields;
  std::vector<double> seconds;  ///< of the last block of commits
};

/// A tenth is faster: what else the machine does makes single commits slower, never faster.
double lower_decile(std::vector<double>& values) {
  const auto place = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 10);
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

Subject begin(const Case& what, const std::string& name, tessera::SideFiles side_files, int ranks) {
  tessera::Writer out(MPI_COMM_WORLD, what.directory + "/tessera_bench." + name + ".h5",
                      {.overwrite = true, .paraview = side_files, .reader_grace_ms = 0});
  auto run = out.run("run");
  std::vector<tessera::Field<double>> fields;
  for (int n = 0; n < what.fields; ++n) {
    fields.push_back(
        run.field<double>("field_" + std::to_string(n), tessera::Grid{{what.edge * ranks, what.edge, what.edge}}));
  }
  return {std::move(out), std::move(run), std::move(fields), {}};
}

void write(Subject& subject, const Case& what, const std::vector<double>& values, int rank, int step) {
  auto next = subject.run.step(step);
  for (const auto& field : subject.fields) {
    next.put(field, tessera::Box::at({what.edge * rank, 0, 0}, {what.edge, what.edge, what.edge}),
             tessera::copied(values));
  }
  next.scalar("energy", step);
  subject.seconds.push_back(bench::slowest_rank([&] { next.commit(); }));
}

void measure(const Case& what, int rank, int ranks) {
  std::vector<Subject> subjects;
  subjects.push_back(begin(what, "none", tessera::SideFiles::none, ranks));
  subjects.push_back(begin(what, "vtkhdf", tessera::SideFiles::vtkhdf, ranks));
  subjects.push_back(begin(what, "xmf", tessera::SideFiles::xdmf, ranks));
  const std::vector<double> values(static_cast<std::size_t>(what.edge * what.edge * what.edge), 1.5);
  if (rank == 0) std::printf("steps           commit   + .vtkhdf   + .xmf     (microseconds, lower decile)\n");
  int first = 0;
  for (int step = 0; step < what.steps; ++step) {
    for (std::size_t n = 0; n < subjects.size(); ++n) {
      write(subjects[(n + static_cast<std::size_t>(step)) % subjects.size()], what, values, rank, step);
    }
    const int done = step + 1;
    const bool is_block = done == 10 || done == 100 || done == 1000 || done == 10000 || done == what.steps;
    if (!is_block) continue;
    std::vector<double> times;
    for (Subject& subject : subjects) times.push_back(1e6 * lower_decile(subject.seconds));
    if (rank == 0) {
      std::printf("%6d..%-6d %8.0f %11.0f %8.0f\n", first + 1, done, times[0], times[1] - times[0],
                  times[2] - times[0]);
    }
    for (Subject& subject : subjects) subject.seconds.clear();
    first = done;
  }
  for (Subject& subject : subjects) subject.out.close();
}

void clean_up(const Case& what) {
  for (const auto& entry : std::filesystem::directory_iterator(what.directory)) {
    if (entry.path().filename().string().starts_with("tessera_bench.")) std::filesystem::remove(entry.path());
  }
}

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  int rank = 0;
  int ranks = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  Case what;
  CLI::App app("What side files for ParaView cost a commit");
  app.add_option("--steps", what.steps, "steps per file")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--fields", what.fields, "fields per step")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--edge", what.edge, "points along an axis")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--directory", what.directory, "where to write")->capture_default_str();
  int code = 0;
  try {
    app.parse(argc, argv);
    measure(what, rank, ranks);
    if (rank == 0) clean_up(what);
  } catch (const CLI::ParseError& error) {
    code = app.exit(error);
  }
  MPI_Finalize();
  return code;
}
