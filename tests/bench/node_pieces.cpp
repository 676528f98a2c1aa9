/// \file
/// Small pieces of the ranks of a node, one of each rank in a round, as commits with little data write them, without
/// Tessera: each rank writes its own, which lie next to each other in the file, or each in a region of its rank's for
/// several rounds; or one rank writes all of them in one request, from memory that they share. By turns in one process,
/// into a new file each time. Prints seconds, and what requests the disk got (/sys/dev/block): the kernel joins what
/// lies together. Asserts nothing.
///
///     mpi_launch.sh RANKS node_pieces [--piece BYTES] [--rounds N] [--region ROUNDS] [--sync-every ROUNDS] [--direct]
///     [--repetitions N] [--directory DIR]

#include <fcntl.h>
#include <mpi.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "comm/communicator.hpp"
#include "comm/node_memory.hpp"
#include "median.hpp"
#include "run_main.hpp"
#include "slowest_rank.hpp"

namespace {

struct Setting {
  std::size_t piece = std::size_t{64} << 10;
  std::size_t rounds = 16;
  std::size_t region = 8;
  std::size_t sync_every = 0;
  bool direct = false;
  int repetitions = 7;
  std::string directory = "/dev/shm";
};

constexpr std::array<const char*, 3> ways{"next to each other", "in regions of ranks", "joined by one rank"};
enum Way : std::size_t { adjacent, in_regions, joined };
constexpr std::size_t page = 4096;  // what O_DIRECT wants

/// Writes that the disk of a directory was asked for so far, and KiB in them; zeros where it has none of its own.
struct Requests {
  double count = 0;
  double kib = 0;
};
Requests requests_of(const std::string& directory) {
  struct stat status {};
  if (::stat(directory.c_str(), &status) != 0) return {};
  std::ifstream file("/sys/dev/block/" + std::to_string(major(status.st_dev)) + ":" +
                     std::to_string(minor(status.st_dev)) + "/stat");
  std::array<double, 7>
      numbers{};  // of the kernel's Documentation/block/stat.rst; the fifth: writes, the last: sectors
  for (double& number : numbers) file >> number;
  return {numbers[4], numbers[6] / 2};
}

class Pieces {
 public:
  Pieces(const Setting& setting, const tessera::comm::Communicator& comm)
      : setting_(setting), rank_(static_cast<std::size_t>(comm.rank())), ranks_(comm.ranks()),
        memory_(comm, ranks_ * setting.piece + page, [](std::span<std::byte>) { return true; }),
        own_(setting.piece + page, std::byte{7}) {}

  /// Seconds of the slowest rank. Collective.
  double measure(Way way) {
    const std::string path = setting_.directory + "/node_pieces.dat";
    if (rank_ == 0) {
      ::unlink(path.c_str());
      ::close(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600));
    }
    MPI_Barrier(MPI_COMM_WORLD);
    file_ = ::open(path.c_str(), O_RDWR | (setting_.direct ? O_DIRECT : 0));
    const double seconds = bench::slowest_rank([&] {
      for (std::size_t round = 0; round < setting_.rounds; ++round) {
        write_round(way, round);
        const bool is_last = round + 1 == setting_.rounds;
        if (is_last || (setting_.sync_every > 0 && (round + 1) % setting_.sync_every == 0)) sync();
      }
    });
    ::close(file_);
    if (rank_ == 0) ::unlink(path.c_str());
    MPI_Barrier(MPI_COMM_WORLD);
    return seconds;
  }

 private:
  static std::byte* aligned(std::byte* bytes) {
    void* at = bytes;
    std::size_t space = 2 * page;
    return static_cast<std::byte*>(std::align(page, page, at, space));
  }
  static void require(bool holds, const char* what) {
    if (holds) return;
    std::perror(what);
    MPI_Abort(MPI_COMM_WORLD, 1);
  }
  void write(const std::byte* bytes, std::size_t size, std::size_t number) const {
    require(::pwrite(file_, bytes, size, static_cast<off_t>(number * setting_.piece)) == static_cast<ssize_t>(size),
            "writing");
  }
  void sync() const {
    if (rank_ == 0) require(::fdatasync(file_) == 0, "syncing");
    MPI_Barrier(MPI_COMM_WORLD);
  }
  void write_round(Way way, std::size_t round) {
    const std::size_t region = way == in_regions ? setting_.region : 1;
    const std::size_t first = round / region * region * ranks_;
    if (way == joined) {
      std::memcpy(aligned(memory_.bytes().data()) + rank_ * setting_.piece, aligned(own_.data()), setting_.piece);
      MPI_Barrier(MPI_COMM_WORLD);
      if (rank_ == 0) write(aligned(memory_.bytes().data()), ranks_ * setting_.piece, first);
    } else {
      write(aligned(own_.data()), setting_.piece, first + rank_ * region + round % region);
    }
    MPI_Barrier(MPI_COMM_WORLD);
  }

  const Setting& setting_;
  std::size_t rank_;
  std::size_t ranks_;
  tessera::comm::NodeMemory memory_;
  std::vector<std::byte> own_;
  int file_ = -1;
};

void measure(const Setting& setting) {
  const tessera::comm::Communicator comm(MPI_COMM_WORLD, "measurement");
  Pieces pieces(setting, comm);
  std::array<std::vector<double>, ways.size()> seconds, counts, means;
  for (int repetition = 0; repetition <= setting.repetitions; ++repetition) {
    for (std::size_t turn = 0; turn < ways.size(); ++turn) {
      const std::size_t way = (turn + static_cast<std::size_t>(repetition)) % ways.size();
      const Requests before = requests_of(setting.directory);
      const double time = pieces.measure(static_cast<Way>(way));
      const Requests after = requests_of(setting.directory);
      if (repetition == 0) continue;
      seconds[way].push_back(time);
      counts[way].push_back(after.count - before.count);
      means[way].push_back((after.kib - before.kib) / std::max(1.0, after.count - before.count));
    }
  }
  if (comm.rank() != 0) return;
  std::printf("%d ranks, %zu B a piece, %zu rounds, synced %s%s, %s\n", comm.size(), setting.piece, setting.rounds,
              setting.sync_every > 0 ? ("every " + std::to_string(setting.sync_every)).c_str() : "at the end",
              setting.direct ? ", O_DIRECT" : "", setting.directory.c_str());
  for (std::size_t way = 0; way < ways.size(); ++way) {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < seconds[way].size(); ++i) ratios.push_back(seconds[way][i] / seconds[adjacent][i]);
    std::printf("  %s: %.1f ms, %.2f (%.2f to %.2f), fastest %.2f; the disk got %.0f writes of %.0f KiB\n", ways[way],
                1e3 * bench::median(seconds[way]), bench::median(ratios), *std::ranges::min_element(ratios),
                *std::ranges::max_element(ratios),
                *std::ranges::min_element(seconds[way]) / *std::ranges::min_element(seconds[adjacent]),
                bench::median(counts[way]), bench::median(means[way]));
  }
}

}  // namespace

int main(int argc, char** argv) {
  Setting setting;
  const auto options = [&](CLI::App& app) {
    app.add_option("--piece", setting.piece, "bytes of one")->check(CLI::Range(1, 1 << 24));
    app.add_option("--rounds", setting.rounds, "of one piece a rank")->check(CLI::Range(1, 1 << 20));
    app.add_option("--region", setting.region, "rounds that a rank's own region takes")->check(CLI::Range(1, 1 << 20));
    app.add_option("--sync-every", setting.sync_every, "rounds; 0: at the end");
    app.add_flag("--direct", setting.direct, "past the page cache");
    app.add_option("--repetitions", setting.repetitions, "of each way")->check(CLI::Range(1, 1000000));
    app.add_option("--directory", setting.directory, "where to write");
  };
  return bench::run_main(argc, argv, "Ways to write small pieces to one file", options, [&] { measure(setting); });
}
