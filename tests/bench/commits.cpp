/// \file
/// What a commit costs as a file grows: writes many small steps with the direct engine, and prints the time of a commit
/// in blocks of steps as a ratio to the first block, and the metadata per step. Asserts nothing.
///
///     mpi_launch.sh RANKS commits [--steps N] [--chunks LIST] [--grace LIST] [--interval MS] [--readers] [--directory
///     DIR] [--loop COMMAND]...
///
/// With --loop each file is written alone, with that program beside, which gets another file's path and reads that in a
/// loop until it is ended (so it takes as much of the processors), and with the program reading this file.

#include <mpi.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <bit>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <tessera/tessera.hpp>

#include "storage/file.hpp"

namespace {

struct Case {
  int steps = 2000;
  int block = 200;
  std::vector<int> chunks{1, 64};   ///< per rank
  std::vector<int> graces{0, 500};  ///< ms
  std::int64_t edge = 8;            ///< of a chunk
  int interval = 0;                 ///< ms of computing between two commits
  bool power_safe = false;
  bool with_readers = false;
  std::string directory = "/dev/shm";
  std::vector<std::string> loops;  ///< programs that read the file in a loop
  int repetitions = 1;
};

void add_options(CLI::App& app, Case& what) {
  app.add_option("--steps", what.steps, "steps per file")
      ->capture_default_str()
      ->take_last()
      ->check(CLI::PositiveNumber);
  app.add_option("--block", what.block, "steps per line of figures")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--chunks", what.chunks, "chunks per rank and step")->capture_default_str()->delimiter(',');
  app.add_option("--grace", what.graces, "reader_grace_ms")->capture_default_str()->delimiter(',');
  app.add_option("--edge", what.edge, "edge of a chunk, in float64 values")->capture_default_str();
  app.add_option("--interval", what.interval, "ms that the ranks sleep between two commits")
      ->capture_default_str()
      ->take_last();
  app.add_flag("--power-safe", what.power_safe, "Durability::power_safe");
  app.add_flag("--readers", what.with_readers, "as if somebody read the file all the time (or it could not be known)");
  app.add_option("--loop", what.loops, "a program that reads the file in a loop; may come several times");
  app.add_option("--repetitions", what.repetitions, "of all files")->capture_default_str()->take_last();
  app.add_option("--directory", what.directory, "where to write")
      ->capture_default_str()
      ->take_last()
      ->check(CLI::ExistingDirectory);
}

/// Counts the bytes that this rank writes, and pretends that somebody reads the file all the time.
class CountedFile : public tessera::storage::File {
 public:
  CountedFile(std::unique_ptr<tessera::storage::File> file, std::uint64_t& written, bool with_readers)
      : file_(std::move(file)), written_(written), with_readers_(with_readers) {}
  void write(std::uint64_t offset, std::span<const std::byte> bytes) override {
    written_ += bytes.size();
    file_->write(offset, bytes);
  }
  void read(std::uint64_t offset, std::span<std::byte> bytes) override { file_->read(offset, bytes); }
  void grow(std::uint64_t size) override { file_->grow(size); }
  void truncate(std::uint64_t size) override { file_->truncate(size); }
  void sync() override { file_->sync(); }
  bool readers_noticed() override { return file_->readers_noticed() || with_readers_; }
  bool is_alone_by(std::chrono::steady_clock::time_point until) override {
    return !with_readers_ && file_->is_alone_by(until);
  }
  void give_opening(const tessera::storage::OpeningGiver& giver) noexcept override { file_->give_opening(giver); }
  void take_opening(const tessera::storage::OpeningTaker& taker) noexcept override { file_->take_opening(taker); }

 private:
  std::unique_ptr<tessera::storage::File> file_;
  std::uint64_t& written_;
  bool with_readers_;
};

/// A program that reads the file in a loop, on rank 0, while this lives.
class Loop {
 public:
  Loop(const std::string& command, const std::string& path) {
    if (command.empty()) return;
    const std::string line = "exec " + command + " '" + path + "'";
    process_ = ::fork();
    if (process_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGTERM);
      ::execl("/bin/sh", "sh", "-c", line.c_str(), static_cast<char*>(nullptr));
      ::_exit(127);
    }
    std::this_thread::sleep_for(std::chrono::seconds(1));  // interpreters take their time
  }
  ~Loop() {
    if (process_ <= 0) return;
    ::kill(process_, SIGTERM);
    ::waitpid(process_, nullptr, 0);
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

 private:
  pid_t process_ = 0;
};

double quantile(std::vector<double> values, double share) {
  std::ranges::sort(values);
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1) + 0.5)];
}

double mean(const std::vector<double>& values) {
  double total = 0;
  for (const double one : values) total += one;
  return total / static_cast<double>(values.size());
}

struct Figures {
  std::vector<double> milliseconds;  ///< of each commit, as rank 0 saw it
  double file_bytes = 0;
  double written_bytes = 0;  ///< by all ranks
  double data_bytes = 0;     ///< of the chunks
};

std::string path_in(const Case& what) { return what.directory + "/tessera_bench_commits.h5"; }
std::string other_path_in(const Case& what) { return what.directory + "/tessera_bench_commits.other.h5"; }

/// What runs beside the writer.
struct Beside {
  std::string command;
  bool reads_another = false;  ///< file
};

/// Collective.
Figures write_file(const Case& what, int chunks, int grace, const Beside& beside, int rank, int ranks) {
  std::uint64_t written = 0;
  using tessera::storage::File;
  tessera::storage::set_wrapper([&](std::unique_ptr<File> file) -> std::unique_ptr<File> {
    return std::make_unique<CountedFile>(std::move(file), written, what.with_readers);
  });
  const std::string path = path_in(what);
  tessera::Options options{.overwrite = true, .codec = tessera::Codec::deflate(1), .reader_grace_ms = grace};
  if (what.power_safe) options.durability = tessera::Durability::power_safe;
  Figures figures;
  {
    tessera::Writer writer(MPI_COMM_WORLD, path, options);
    auto run = writer.run("simulation_1");
    const std::int64_t rows = what.edge * chunks;
    const auto field = run.field<double>("temperature", {{rows * ranks, what.edge, what.edge}},
                                         {.unit = "K", .chunk = {what.edge, what.edge, what.edge}});
    const tessera::Box box{{rank * rows, 0, 0}, {(rank + 1) * rows, what.edge, what.edge}};
    std::vector<double> values(static_cast<std::size_t>(box.volume()));
    // Noise: chunks that do not shrink are stored as they are, so that what else is in the file is known.
    std::mt19937_64 noise(static_cast<std::uint64_t>(rank));
    for (double& value : values) value = std::bit_cast<double>(noise());
    const Loop reader(rank == 0 ? beside.command : "", beside.reads_another ? other_path_in(what) : path);
    for (int n = 0; n < what.steps; ++n) {
      std::this_thread::sleep_for(std::chrono::milliseconds(what.interval));
      auto step = run.step(n);
      step.put(field, box, values.data());
      MPI_Barrier(MPI_COMM_WORLD);
      const double begin = MPI_Wtime();
      step.commit();
      figures.milliseconds.push_back((MPI_Wtime() - begin) * 1e3);
    }
    writer.close();
    const auto data = static_cast<double>(values.size() * sizeof(double)) * what.steps;
    const double own[] = {static_cast<double>(written), data};
    double all[] = {0, 0};
    MPI_Reduce(own, all, 2, MPI_DOUBLE, MPI_SUM, 0, MPI_COMM_WORLD);
    figures.written_bytes = all[0];
    figures.data_bytes = all[1];
  }
  tessera::storage::set_wrapper({});
  if (rank == 0) {
    figures.file_bytes = static_cast<double>(std::filesystem::file_size(path));
    std::filesystem::rename(path, other_path_in(what));
  }
  return figures;
}

void print_blocks(const Case& what, const std::vector<double>& milliseconds) {
  std::printf("  steps            median ms      ratio   90th perc. ms      ratio\n");
  double first[] = {0, 0};
  for (int n = 0; n < what.steps; n += what.block) {
    const int last = std::min(n + what.block, what.steps);
    const std::vector<double> block(milliseconds.begin() + n, milliseconds.begin() + last);
    const double now[] = {quantile(block, 0.5), quantile(block, 0.9)};
    if (n == 0) std::copy(now, now + 2, first);
    std::printf("  %7d - %7d %9.3f %10.2f %15.3f %10.2f\n", n + 1, last, now[0], now[0] / first[0], now[1],
                now[1] / first[1]);
  }
}

void print(const Case& what, int chunks, int grace, const Beside& beside, int ranks, const Figures& figures) {
  std::printf(
      "\n%d ranks, %d chunks of %lld bytes per rank and step, grace %d ms, %d ms between, %s readers%s%s%s, %s\n",
      ranks, chunks, static_cast<long long>(what.edge * what.edge * what.edge * 8), grace, what.interval,
      what.with_readers || !beside.command.empty() ? "with" : "no", beside.command.empty() ? "" : ": ",
      beside.command.c_str(), beside.reads_another ? " of another file" : "", what.directory.c_str());
  print_blocks(what, figures.milliseconds);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("  mean %.3f ms; metadata per step: %.0f bytes of the file, %.0f written; rank 0's peak RSS %ld MiB\n",
              mean(figures.milliseconds), (figures.file_bytes - figures.data_bytes) / what.steps,
              (figures.written_bytes - figures.data_bytes) / what.steps, usage.ru_maxrss / 1024);
}

double write_and_print(const Case& what, int chunks, int grace, const Beside& beside, int rank, int ranks) {
  const Figures figures = write_file(what, chunks, grace, beside, rank, ranks);
  if (rank == 0) print(what, chunks, grace, beside, ranks, figures);
  return mean(figures.milliseconds);
}

/// Collective.
void write_files(const Case& what, int chunks, int grace, int rank, int ranks) {
  for (const std::string& loop : what.loops.empty() ? std::vector<std::string>{""} : what.loops) {
    std::vector<double> to_alone;
    std::vector<double> to_other;
    for (int n = 0; n < what.repetitions; ++n) {
      const double alone = write_and_print(what, chunks, grace, {}, rank, ranks);
      if (loop.empty()) continue;
      const double other = write_and_print(what, chunks, grace, {loop, true}, rank, ranks);
      const double beside = write_and_print(what, chunks, grace, {loop, false}, rank, ranks);
      to_alone.push_back(beside / alone);
      to_other.push_back(beside / other);
    }
    if (rank != 0 || loop.empty()) continue;
    std::printf(
        "\n%d ranks, %d chunks, %s: mean commit %.2f (least %.2f) times that with the program at another file, "
        "%.2f (least %.2f) times that alone\n",
        ranks, chunks, loop.c_str(), quantile(to_other, 0.5), quantile(to_other, 0), quantile(to_alone, 0.5),
        quantile(to_alone, 0));
  }
  if (rank == 0) std::filesystem::remove(other_path_in(what));
}

}  // namespace

int main(int argc, char** argv) {
  Case what;
  CLI::App app("The cost of a commit as the file grows");
  add_options(app, what);
  CLI11_PARSE(app, argc, argv);
  MPI_Init(&argc, &argv);
  int rank = 0;
  int ranks = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  try {
    for (const int chunks : what.chunks) {
      for (const int grace : what.graces) {
        write_files(what, chunks, grace, rank, ranks);
      }
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "commits: rank %d: %s\n", rank, error.what());
    MPI_Abort(MPI_COMM_WORLD, 1);
  }
  MPI_Finalize();
  return 0;
}
