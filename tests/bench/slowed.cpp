/// \file
/// Commits of ranks of which the last one is slowed: it shares its core with a neighbour that uses half of it. By turns
/// that rank commits its block alone, into a file of its own, and all ranks commit theirs, into one. Prints seconds of
/// both, and of all without the neighbour; the ratio of the first two says what the others add. Asserts nothing.
///
///     mpi_launch.sh RANKS slowed [--edge N] [--steps N] [--async] [--directory DIR]
///
/// Each rank is bound to a core of its own, as far as there are any.

#include <mpi.h>
#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include <tessera/tessera.hpp>

#include "block.hpp"
#include "median.hpp"
#include "run_main.hpp"
#include "slowest_rank.hpp"

namespace {

struct Setting {
  std::int64_t edge = 128;
  int steps = 20;
  bool is_async = false;
  std::string directory = "/dev/shm";
};

/// \returns whether there was a core for each
bool bind_to_a_core(int rank) {
  cpu_set_t all, own;
  CPU_ZERO(&all);
  if (sched_getaffinity(0, sizeof(all), &all) != 0) return false;
  CPU_ZERO(&own);
  int nth = rank % std::max(1, CPU_COUNT(&all));
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (!CPU_ISSET(core, &all) || nth-- > 0) continue;
    CPU_SET(core, &own);
    break;
  }
  return sched_setaffinity(0, sizeof(own), &own) == 0 && rank < CPU_COUNT(&all);
}

/// While it lives and is on, a thread uses half of its creator's core, a millisecond at a time; before others, where it
/// may.
class Neighbour {
 public:
  explicit Neighbour(bool exists) {
    if (exists) thread_ = std::thread([this] { work(); });
  }
  ~Neighbour() {
    over_ = true;
    if (thread_.joinable()) thread_.join();
  }
  Neighbour(const Neighbour&) = delete;
  Neighbour& operator=(const Neighbour&) = delete;
  void set_on(bool on) { on_ = on; }

 private:
  void work() {
    sched_param priority{};
    priority.sched_priority = 2;
    pthread_setschedparam(pthread_self(), SCHED_RR, &priority);  // else it takes turns
    constexpr std::chrono::milliseconds turn(1);
    while (!over_) {
      const auto begin = std::chrono::steady_clock::now();
      while (on_ && std::chrono::steady_clock::now() - begin < turn) {
      }
      std::this_thread::sleep_for(turn);
    }
  }
  std::atomic<bool> on_ = false;
  std::atomic<bool> over_ = false;
  std::thread thread_;
};

/// A file with one field.
class File {
 public:
  File(MPI_Comm comm, const std::string& path, const tessera::Index& shape)
      : writer_(comm, path, {.overwrite = true}), run_(writer_.run("run")),
        field_(run_.field<double>("u", tessera::Grid{shape}, {.chunk = chunk_of(shape)})) {}
  void commit(const tessera::Box& box, const double* values, bool is_async) {
    tessera::Step step = run_.step(static_cast<double>(number_++));
    step.put(field_, box, values);
    is_async ? step.commit_async() : step.commit();
    if (is_async) writer_.wait();
  }
  void close() { writer_.close(); }

 private:
  static tessera::Index chunk_of(tessera::Index shape) {
    for (std::int64_t& extent : shape) extent = std::min<std::int64_t>(extent, 64);
    return shape;
  }

  tessera::Writer writer_;
  tessera::Run run_;
  tessera::Field<double> field_;
  int number_ = 0;
};

void measure(const Setting& setting) {
  const auto [rank, ranks, box, values] = bench::own_part(setting.edge);
  int cores = bind_to_a_core(rank) ? 1 : 0;
  MPI_Allreduce(MPI_IN_PLACE, &cores, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
  const bool is_slow = rank == ranks - 1;
  const tessera::Index shape{setting.edge, setting.edge, setting.edge};
  File together(MPI_COMM_WORLD, setting.directory + "/slowed.h5", shape);
  File alone(MPI_COMM_SELF, setting.directory + "/slowed_" + std::to_string(rank) + ".h5", box.extents());
  const tessera::Box own = tessera::Box::at({0, 0, 0}, box.extents());
  Neighbour neighbour(is_slow);
  const auto commit = [&] { together.commit(box, values.data(), setting.is_async); };
  std::vector<double> of_slow, of_all, of_all_idle, ratios;
  for (int number = 0; number < setting.steps; ++number) {
    neighbour.set_on(true);
    const double one = bench::slowest_rank([&] {
      if (is_slow) alone.commit(own, values.data(), setting.is_async);
    });
    const double all = bench::slowest_rank(commit);
    neighbour.set_on(false);
    const double idle = bench::slowest_rank(commit);
    if (number < 5) continue;  // until memory has been touched, and it is known how large steps are
    of_slow.push_back(one);
    of_all.push_back(all);
    of_all_idle.push_back(idle);
    ratios.push_back(all / one);
  }
  together.close();
  alone.close();
  if (rank != 0) return;
  std::printf(
      "%d ranks%s, %lld^3 float64%s: slow rank alone %.2f ms, all %.2f ms, all without the neighbour %.2f ms; all over "
      "slow rank: median %.2f, fastest pair %.2f\n",
      ranks, cores == 1 ? "" : " (more than cores)", static_cast<long long>(setting.edge),
      setting.is_async ? ", commit_async and wait" : "", 1e3 * bench::median(of_slow), 1e3 * bench::median(of_all),
      1e3 * bench::median(of_all_idle), bench::median(ratios), *std::ranges::min_element(ratios));
}

}  // namespace

int main(int argc, char** argv) {
  Setting setting;
  const auto options = [&](CLI::App& app) {
    bench::add_common_options(app, setting, 6);
    app.add_flag("--async", setting.is_async, "commit_async, and wait");
  };
  return bench::run_main(argc, argv, "Commits of ranks of which one is slowed", options, [&] { measure(setting); });
}
