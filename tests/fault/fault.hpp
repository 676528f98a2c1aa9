#pragma once

#include <array>
#include <cerrno>
#include <string>
#include <vector>

namespace tessera::fault {

/// The calls that can fail: those of the storage layer, and the system calls that the shim stands in for.
enum class Kind { write, read, grow, truncate, sync, close, create, open, publish, sync_directory, any };
constexpr int kinds = 11;

/// What the failing call does.
enum class Effect {
  nothing,      ///< fails without having done anything
  half,         ///< does the first half, then fails (the superblock: nothing, since no system tears 48 bytes)
  all,          ///< does all of it, then says that it failed
  interrupted,  ///< system calls: fails with EINTR, without having done anything
  part,         ///< system calls: moves half of the bytes and says so
  part_then,    ///< system calls: the same, and the next call fails
};

/// What the program does after a call failed.
enum class Policy {
  retry,        ///< tries again (twice in vain where the fault persists), until the step is in
  close,        ///< gives up: closes the writer, the fault is gone
  close_under,  ///< gives up, and the fault persists
};

constexpr int everybody = -1;

/// One fault: the n-th call of a kind on a rank (or on all) fails, once or from then on.
struct Fault {
  Kind kind = Kind::write;
  int rank = 0;  ///< or everybody
  long n = 1;
  int error = 0;
  Effect effect = Effect::nothing;
  bool persistent = false;
  bool of_own_opening = false;  ///< the close of a descriptor that nothing was written to, since ranks share rank 0's

  bool hits(int on_rank) const { return rank == everybody || rank == on_rank; }
  bool is_transparent() const { return error == EINTR || effect == Effect::part; }
  /// May all calls succeed all the same? The file is made longer than need be, a link replaced by a rename, and so on.
  bool may_be_silent() const {
    return is_transparent() || kind == Kind::grow || kind == Kind::truncate || kind == Kind::publish ||
           kind == Kind::any || of_own_opening;
  }
};

std::string to_string(const Fault& fault);

/// How many calls of each kind one rank made.
using Counts = std::array<long, kinds>;

/// Where faults are made: in the storage layer or between the program and the system.
class Injector {
 public:
  virtual ~Injector() = default;
  /// From here on calls are counted from 1, and the fault happens on this rank. Without a fault: only counts.
  virtual void arm(const Fault* fault) = 0;
  /// No fault from here on.
  virtual void disarm() = 0;
  /// While the test itself uses the file.
  virtual void pause(bool) {}
  virtual bool fired() const = 0;
  virtual Counts counts() const = 0;
};

struct Pause {
  explicit Pause(Injector& which) : injector(which) { injector.pause(true); }
  ~Pause() { injector.pause(false); }
  Pause(const Pause&) = delete;
  Pause& operator=(const Pause&) = delete;
  Injector& injector;
};

/// In this process's storage layer.
Injector& seam_injector();

/// In the shim, where it was preloaded; else null.
Injector* shim_injector();

/// A fault, and what the program does about it.
struct Trial {
  Fault fault;
  Policy policy = Policy::retry;
};

/// The faults to try where `counts` has every rank's calls in a run without any. Power-safe commits differ by their
/// syncs, so for them other calls are tried once only.
std::vector<Trial> all_trials(const std::vector<Counts>& counts, bool in_system_calls, bool power_safe);

}  // namespace tessera::fault
