/// \file
/// How much of a file is left unused where each rank has space ahead of time, and how many commits ask for more: for
/// chunks that take a given part of their bytes, which varies, or grows, from chunk to chunk and from step to step.
/// Prints one line. Asserts nothing.
///
///     mpi_launch.sh RANKS unused [--chunks N] [--steps N] [--part PART] [--vary PART] [--grow FACTOR] [--edge N]
///     [--jobs N] [--async] [--directory DIR] [--keep]
///
/// Each rank has --chunks chunks of a step, cubes of --edge. --vary: of each chunk by itself; --sway: of all chunks of
/// a step together.

#include <mpi.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <tessera/tessera.hpp>

#include "run_main.hpp"

namespace {

int prefix_sums = 0;

struct Setting {
  std::int64_t chunks = 4;
  int steps = 100;
  int jobs = 1;
  double part = 0.3;
  double vary = 0;
  double sway = 0;
  double grow = 1;
  std::int64_t edge = 32;
  bool is_async = false;
  bool keeps = false;
  std::string directory = "/dev/shm";
};

/// Bytes at the beginning of each chunk that cannot be compressed; the others are zeros.
class Content {
 public:
  Content(const Setting& setting, int rank)
      : setting_(setting), random_(static_cast<std::uint64_t>(rank) + 1), of_steps_(7),
        values_(static_cast<std::size_t>(setting.chunks) * cells()) {}

  const std::vector<double>& of_step(int number) {
    const double of_step = setting_.part * std::pow(setting_.grow, number) * (1 + setting_.sway * uniform_(of_steps_));
    for (std::int64_t chunk = 0; chunk < setting_.chunks; ++chunk) {
      const double part = std::clamp(of_step * (1 + setting_.vary * uniform_(random_)), 0.0, 1.0);
      const auto begin = values_.begin() + chunk * static_cast<std::int64_t>(cells());
      const auto filled = begin + static_cast<std::int64_t>(part * static_cast<double>(cells()));
      std::generate(begin, filled, [&] { return std::bit_cast<double>(random_() >> 2); });
      std::fill(filled, begin + static_cast<std::int64_t>(cells()), 0.0);
    }
    return values_;
  }

 private:
  std::size_t cells() const { return static_cast<std::size_t>(setting_.edge * setting_.edge * setting_.edge); }

  Setting setting_;
  std::mt19937_64 random_;
  std::mt19937_64 of_steps_;  ///< the same on every rank
  std::uniform_real_distribution<double> uniform_{-1, 1};
  std::vector<double> values_;
};

struct Result {
  std::uint64_t unused = 0;
  std::uint64_t stored = 0;
  int asked = 0;  ///< commits
};

/// One job: it begins the file, or goes on with it.
Result write(const Setting& setting, const std::string& path, int job) {
  int rank = 0, ranks = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  tessera::Options options;
  options.overwrite = true;
  if (job > 0) options = {.open = tessera::OpenMode::append};
  tessera::Writer out(MPI_COMM_WORLD, path, options);
  auto run = out.run("run_" + std::to_string(job));
  const std::int64_t length = setting.chunks * setting.edge;
  const auto field = run.field<double>("field", tessera::Grid{{length * ranks, setting.edge, setting.edge}},
                                       {.chunk = {setting.edge, setting.edge, setting.edge}});
  Content content(setting, rank + job * ranks);
  Result result;
  for (int number = 0; number < setting.steps; ++number) {
    auto step = run.step(number);
    step.put(field, tessera::Box::at({length * rank, 0, 0}, {length, setting.edge, setting.edge}),
             content.of_step(number).data());
    const int before = prefix_sums;
    setting.is_async ? step.commit_async() : step.commit();
    if (prefix_sums > before) ++result.asked;
  }
  out.close();
  result.unused = out.unused_bytes();
  result.stored = out.report().total.stored_bytes;
  return result;
}

void measure(const Setting& setting) {
  int rank = 0, ranks = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  const std::string path = setting.directory + "/unused.h5";
  Result all;
  for (int job = 0; job < setting.jobs; ++job) {
    const Result of_job = write(setting, path, job);
    all = {of_job.unused, all.stored + of_job.stored, all.asked + of_job.asked};
  }
  if (rank != 0) return;
  const auto size = static_cast<double>(std::filesystem::file_size(path));
  const double lost = size - static_cast<double>(all.stored + all.unused);
  std::printf(
      "%d ranks, %d jobs of %d steps, %lld chunks a rank, part %.2f, vary %.2f, sway %.2f, grow %.3f%s: file %.2f MB, "
      "unused %.2f %%, metadata and lost %.2f %%, %d commits with prefix sums\n",
      ranks, setting.jobs, setting.steps, static_cast<long long>(setting.chunks), setting.part, setting.vary,
      setting.sway, setting.grow, setting.is_async ? ", in flight" : "", size / 1e6,
      100 * static_cast<double>(all.unused) / size, 100 * lost / size, all.asked);
  if (!setting.keeps) std::filesystem::remove(path);
}

}  // namespace

// It stands before that of MPI, which is found as PMPI_ (MPI 4.0, section 15.2).
extern "C" int MPI_Iexscan(const void* send, void* receive, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm,
                           MPI_Request* request) {
  ++prefix_sums;
  return PMPI_Iexscan(send, receive, count, type, op, comm, request);
}

int main(int argc, char** argv) {
  Setting setting;
  const auto options = [&](CLI::App& app) {
    bench::add_common_options(app, setting);
    app.add_option("--chunks", setting.chunks, "of a rank in a step")->check(CLI::Range(1, 1000000));
    app.add_option("--jobs", setting.jobs, "that go on with the file");
    app.add_option("--part", setting.part, "of a chunk's bytes that cannot be compressed")->check(CLI::Range(0.0, 1.0));
    app.add_option("--vary", setting.vary, "by how much of itself that differs, up or down, by chunk");
    app.add_option("--sway", setting.sway, "the same by step, for all chunks alike");
    app.add_option("--grow", setting.grow, "what it is multiplied with from step to step");
    app.add_flag("--async", setting.is_async, "commits that do not wait");
    app.add_flag("--keep", setting.keeps, "leave the file there");
  };
  return bench::run_main(argc, argv, "How much of a file is left unused", options, [&] { measure(setting); });
}
