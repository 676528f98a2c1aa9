/// \file
/// Fills a small file system, frees space, and goes on: full_disk DIRECTORY
///
/// Writes steps that do not compress until no space is left; tries twice more; removes DIRECTORY/ballast and writes
/// that step; fills the file system again and closes. Prints the number of steps, which check_full_disk.py finds in the
/// file.

#include <mpi.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <optional>

#include "witness.hpp"

using namespace tessera::fault;

namespace {

constexpr std::int64_t extent = 64;

/// Noise that any program can make again: splitmix64 of the cell's number, as a double below 1.
double noise(std::uint64_t number) {
  number += 0x9e3779b97f4a7c15;
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
  number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
  return static_cast<double>((number ^ (number >> 31)) >> 11) * 0x1p-53;
}

class Program {
 public:
  explicit Program(const std::string& directory)
      : directory_(directory), witness_(60, outcome_), writer_(MPI_COMM_WORLD, directory + "/full.h5"),
        run_(writer_.run("r")), field_(run_.field<double>("f", tessera::Grid{{extent, extent, extent}})) {
    int size = 1;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    box_ = tessera::Box{{extent * rank_ / size, 0, 0}, {extent * (rank_ + 1) / size, extent, extent}};
    values_.resize(static_cast<std::size_t>(box_.volume()));
  }

  int run() {
    bool good = fill() && mentions("No space left on device") && mentions("full.h5") && mentions("free some space");
    const long long before = blocks();
    good = good && !write() && !write();
    const long long after = blocks();
    if (rank_ == 0) std::printf("512-byte blocks after one try: %lld, after three: %lld\n", before, after);
    good = good && after <= before + 128;
    MPI_Barrier(MPI_COMM_WORLD);
    if (rank_ == 0) good = unlink((directory_ + "/ballast").c_str()) == 0 && good;
    MPI_Barrier(MPI_COMM_WORLD);
    good = write() && good;
    good = fill() && good;
    good = witness_.call("close", [&] { writer_.close(); }) && good;
    if (rank_ == 0) std::printf("%d steps, %s\n", steps_, outcome_.first_error.c_str());
    if (rank_ == 0) std::ofstream(directory_ + "/../full.steps") << steps_;
    for (const std::string& text : outcome_.disagreements) std::printf("disagreement: %s\n", text.c_str());
    return good && outcome_.disagreements.empty() && outcome_.hangs.empty() ? 0 : 1;
  }

 private:
  bool write() {
    for (std::size_t i = 0; i < values_.size(); ++i) {
      const auto cell = static_cast<std::uint64_t>(box_.lower[0] * extent * extent) + i;
      values_[i] = noise(cell + static_cast<std::uint64_t>(steps_ * extent * extent * extent));
    }
    const bool done = witness_.call("commit", [&] {
      auto step = run_.step(steps_);
      step.put(field_, box_, values_.data());
      step.commit();
    });
    steps_ += done ? 1 : 0;
    return done;
  }
  /// True when some step did not fit.
  bool fill() {
    for (int i = 0; i < 100; ++i) {
      if (!write()) return true;
    }
    return false;
  }
  bool mentions(const char* word) const { return outcome_.first_error.find(word) != std::string::npos; }
  long long blocks() const {
    struct stat status {};
    MPI_Barrier(MPI_COMM_WORLD);
    if (stat((directory_ + "/full.h5").c_str(), &status) != 0) return -1;
    MPI_Barrier(MPI_COMM_WORLD);
    return status.st_blocks;
  }

  std::string directory_;
  Outcome outcome_;
  Witness witness_;
  tessera::Writer writer_;
  tessera::Run run_;
  tessera::Field<double> field_;
  tessera::Box box_;
  std::vector<double> values_;
  int rank_ = 0;
  int steps_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 64;
  MPI_Init(&argc, &argv);
  int result = 1;
  try {
    result = Program(argv[1]).run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
  }
  int worst = 0;
  MPI_Allreduce(&result, &worst, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
  MPI_Finalize();
  return worst;
}
