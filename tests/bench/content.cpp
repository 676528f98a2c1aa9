/// \file
/// What many runs, or many fields, cost: prints bytes of the file, of memory and CPU time for each, as the file grows.
/// On rank 0, which does the metadata; asserts nothing.
///
///     content --runs 2400 [--steps 1]       many runs with one small field, one scalar and two parameters each
///     content --fields 240,2400             commits of so many small fields; time against the first number's

#include <malloc.h>
#include <mpi.h>
#include <sys/resource.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include <tessera/writer.hpp>

namespace {

struct Case {
  int runs = 0;
  int steps = 1;
  std::vector<int> fields;
  std::string directory = "/dev/shm";
};

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double heap_bytes() { return static_cast<double>(mallinfo2().uordblks); }

const tessera::Index shape{4, 4, 4};
constexpr std::size_t field_bytes = 64 * sizeof(double);

void write_run(tessera::Writer& out, int number, int steps) {
  const std::vector<double> values(64, 0.5 + number);
  auto run = out.run("run_" + std::to_string(number), {{"viscosity", 0.1 * number}, {"resolution", number}});
  const auto field = run.field<double>("field", tessera::Grid{shape});
  for (int n = 0; n < steps; ++n) {
    auto step = run.step(n);
    step.put(field, tessera::Box{{0, 0, 0}, shape}, values.data());
    step.scalar("energy", n);
    step.commit();
  }
}

/// A line for each eighth of the runs, and the whole file at the end.
void measure_runs(const Case& what, const std::string& path) {
  tessera::Writer out(MPI_COMM_SELF, path, {.overwrite = true});
  std::printf("%8s %16s %16s\n", "runs", "CPU ms / run", "heap kB / run");
  const int block = std::max(1, what.runs / 8);
  const double heap_before = heap_bytes();
  double before = cpu_seconds();
  for (int number = 0; number < what.runs; ++number) {
    write_run(out, number, what.steps);
    if ((number + 1) % block != 0) continue;
    const double now = cpu_seconds();
    std::printf("%8d %16.2f %16.1f\n", number + 1, (now - before) * 1e3 / block,
                (heap_bytes() - heap_before) / 1e3 / (number + 1));
    before = now;
  }
  out.close();
  const double data = static_cast<double>(field_bytes) * what.steps * what.runs;
  const double whole = static_cast<double>(std::filesystem::file_size(path));
  std::printf("file: %.0f bytes a run, at most %.0f of them values of fields (before compression)\n", whole / what.runs,
              data / what.runs);
}

/// The fastest of several commits in which all fields get a step.
double seconds_of_commit(int fields, const std::string& path) {
  constexpr int commits = 8;
  const std::vector<double> values(64 * static_cast<std::size_t>(fields), 0.5);
  tessera::Writer out(MPI_COMM_SELF, path, {.overwrite = true});
  auto run = out.run("run");
  std::vector<tessera::Field<double>> all;
  for (int number = 0; number < fields; ++number) {
    all.push_back(run.field<double>("field_" + std::to_string(number), tessera::Grid{shape}));
  }
  double fastest = 0;
  for (int n = 0; n < commits; ++n) {
    auto step = run.step(n);
    for (std::size_t number = 0; number < all.size(); ++number) {
      step.put(all[number], tessera::Box{{0, 0, 0}, shape}, values.data() + 64 * number);
    }
    const double begin = cpu_seconds();
    step.commit();
    const double seconds = cpu_seconds() - begin;
    if (n > 1 && (fastest == 0 || seconds < fastest)) fastest = seconds;  // the first two define the fields
  }
  out.close();
  return fastest;
}

void measure_fields(const Case& what, const std::string& path) {
  double first = 0;
  std::printf("%8s %16s %16s %12s\n", "fields", "CPU ms / commit", "file kB / field", "to first");
  for (const int fields : what.fields) {
    const double seconds = seconds_of_commit(fields, path);
    if (first == 0) first = seconds;
    std::printf("%8d %16.2f %16.2f %12.2f\n", fields, seconds * 1e3,
                static_cast<double>(std::filesystem::file_size(path)) / 1e3 / fields, seconds / first);
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("What many runs or fields in one file cost");
  Case what;
  app.add_option("--runs", what.runs, "runs of one file");
  app.add_option("--steps", what.steps, "steps of each run")->capture_default_str();
  app.add_option("--fields", what.fields, "numbers of fields of one run, one file for each")->delimiter(',');
  app.add_option("--directory", what.directory, "where to write")->capture_default_str()->check(CLI::ExistingDirectory);
  bool is_kept = false;
  app.add_flag("--keep", is_kept, "leave the last file there, tessera_content.h5");
  CLI11_PARSE(app, argc, argv);
  MPI_Init(&argc, &argv);
  int code = 0;
  const std::string path = what.directory + "/tessera_content.h5";
  try {
    if (what.runs > 0) measure_runs(what, path);
    if (!what.fields.empty()) measure_fields(what, path);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    code = 1;
  }
  if (!is_kept) std::filesystem::remove(path);
  MPI_Finalize();
  return code;
}
