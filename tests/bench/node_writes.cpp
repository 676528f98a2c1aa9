/// \file
/// The ways in which ranks of a node can write to one file, without Tessera: all at once; one at a time (Turns); or
/// one that takes the others' bytes from memory that they share, while they copy the next ones there. By turns in one
/// process, into a new file each time. Prints seconds of the first, and the ratios of the others to it: the median of
/// pairs, their range, and that of the fastest. Asserts nothing.
///
///     mpi_launch.sh RANKS node_writes [--request BYTES] [--total BYTES] [--repetitions N] [--sync] [--directory DIR]

#include <fcntl.h>
#include <mpi.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "comm/communicator.hpp"
#include "comm/node_memory.hpp"
#include "median.hpp"
#include "run_main.hpp"
#include "slowest_rank.hpp"
#include "storage/turns.hpp"

namespace {

struct Setting {
  std::size_t request = std::size_t{1} << 20;
  std::size_t total = std::size_t{64} << 20;
  int repetitions = 15;
  bool sync = false;
  std::string directory = "/dev/shm";
};

enum class Way { at_once, in_turns, by_one };

/// A part of the shared memory that one rank fills and the writer empties.
struct Slot {
  std::atomic<bool> is_full = false;
  off_t offset = 0;
};

constexpr std::size_t slots = 3;  ///< of each rank
constexpr std::size_t turns_bytes = 4096;

bool make_turns(std::span<std::byte> memory) {
  return tessera::storage::Turns::make(memory.first(tessera::storage::Turns::bytes(1)));
}

class Writes {
 public:
  Writes(const Setting& setting, const tessera::comm::Communicator& comm)
      : setting_(setting), comm_(comm), bytes_(setting.request, std::byte{7}),
        memory_(comm, turns_bytes + comm.ranks() * slots * (sizeof(Slot) + setting.request), make_turns),
        turns_(memory_.bytes().first(tessera::storage::Turns::bytes(1)), static_cast<std::size_t>(comm.rank())) {
    count_ = setting.total / comm.ranks() / setting.request;
    if (comm.rank() == 0) new (memory_.bytes().data() + turns_bytes) Slot[comm.ranks() * slots];
  }

  /// Seconds of the slowest rank. Collective.
  double measure(Way way) {
    const std::string path = setting_.directory + "/node_writes.dat";
    if (comm_.rank() == 0) {
      ::unlink(path.c_str());
      ::close(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600));
    }
    MPI_Barrier(MPI_COMM_WORLD);
    file_ = ::open(path.c_str(), O_RDWR);
    const double seconds = bench::slowest_rank([&] {
      way == Way::by_one ? write_by_one() : write_own(way == Way::in_turns);
      if (setting_.sync && ::fdatasync(file_) != 0) fail("syncing");
      MPI_Barrier(MPI_COMM_WORLD);
    });
    ::close(file_);
    if (comm_.rank() == 0) ::unlink(path.c_str());
    return seconds;
  }

 private:
  static void fail(const char* what) {
    std::perror(what);
    MPI_Abort(MPI_COMM_WORLD, 1);
  }
  void write(const std::byte* bytes, off_t offset) const {
    if (::pwrite(file_, bytes, setting_.request, offset) != static_cast<ssize_t>(setting_.request)) fail("writing");
  }
  off_t offset_of(std::size_t number) const {
    return static_cast<off_t>((static_cast<std::size_t>(comm_.rank()) * count_ + number) * setting_.request);
  }
  Slot& slot_of(std::size_t rank, std::size_t number) {
    return *(std::launder(reinterpret_cast<Slot*>(memory_.bytes().data() + turns_bytes)) + rank * slots +
             number % slots);
  }
  std::byte* bytes_of(std::size_t rank, std::size_t number) {
    return memory_.bytes().data() + turns_bytes + comm_.ranks() * slots * sizeof(Slot) +
           (rank * slots + number % slots) * setting_.request;
  }
  static void wait(const Slot& slot, bool is_full) {
    while (slot.is_full.load(std::memory_order_acquire) != is_full) std::this_thread::yield();
  }

  void write_own(bool in_turns) {
    for (std::size_t number = 0; number < count_; ++number) {
      if (!in_turns) {
        write(bytes_.data(), offset_of(number));
        continue;
      }
      const auto turn = turns_.take();
      write(bytes_.data(), offset_of(number));
    }
  }

  void empty_all() {
    for (std::size_t number = 0; number < count_; ++number) {
      for (std::size_t rank = 0; rank < comm_.ranks(); ++rank) {
        Slot& slot = slot_of(rank, number);
        wait(slot, true);
        write(bytes_of(rank, number), slot.offset);
        slot.is_full.store(false, std::memory_order_release);
      }
    }
  }

  void write_by_one() {
    std::thread writer;
    if (comm_.rank() == 0) writer = std::thread([this] { empty_all(); });
    const auto own = static_cast<std::size_t>(comm_.rank());
    for (std::size_t number = 0; number < count_; ++number) {
      Slot& slot = slot_of(own, number);
      wait(slot, false);
      std::memcpy(bytes_of(own, number), bytes_.data(), setting_.request);
      slot.offset = offset_of(number);
      slot.is_full.store(true, std::memory_order_release);
    }
    for (std::size_t number = 0; number < slots; ++number) wait(slot_of(own, number), false);
    if (writer.joinable()) writer.join();
  }

  const Setting& setting_;
  const tessera::comm::Communicator& comm_;
  std::vector<std::byte> bytes_;
  tessera::comm::NodeMemory memory_;
  tessera::storage::Turns turns_;
  std::size_t count_ = 0;  ///< of a rank's requests
  int file_ = -1;
};

void measure(const Setting& setting) {
  const tessera::comm::Communicator comm(MPI_COMM_WORLD, "measurement");
  Writes writes(setting, comm);
  std::vector<double> seconds[3];
  for (int repetition = 0; repetition <= setting.repetitions; ++repetition) {
    for (int turn = 0; turn < 3; ++turn) {
      const auto way = static_cast<std::size_t>((turn + repetition) % 3);
      const double time = writes.measure(static_cast<Way>(way));
      if (repetition > 0) seconds[way].push_back(time);
    }
  }
  if (comm.rank() != 0) return;
  std::printf("%d ranks, %zu KiB a request, %s%s: at once %.1f ms", comm.size(), setting.request >> 10,
              setting.directory.c_str(), setting.sync ? ", synced" : "", 1e3 * bench::median(seconds[0]));
  for (const std::size_t way : {1u, 2u}) {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < seconds[0].size(); ++i) ratios.push_back(seconds[way][i] / seconds[0][i]);
    std::printf("; %s %.2f (%.2f to %.2f), fastest %.2f", way == 1 ? "in turns" : "by one", bench::median(ratios),
                *std::ranges::min_element(ratios), *std::ranges::max_element(ratios),
                *std::ranges::min_element(seconds[way]) / *std::ranges::min_element(seconds[0]));
  }
  std::printf("\n");
}

}  // namespace

int main(int argc, char** argv) {
  Setting setting;
  const auto options = [&](CLI::App& app) {
    app.add_option("--request", setting.request, "bytes of one")->check(CLI::Range(1, 1 << 30));
    app.add_option("--total", setting.total, "bytes of all ranks");
    app.add_option("--repetitions", setting.repetitions, "of each way")->check(CLI::Range(1, 1000000));
    app.add_flag("--sync", setting.sync, "until all is on the disk");
    app.add_option("--directory", setting.directory, "where to write");
  };
  return bench::run_main(argc, argv, "Ways to write to one file", options, [&] { measure(setting); });
}
