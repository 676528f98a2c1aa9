#pragma once

#include <array>
#include <string>
#include <vector>

namespace tessera::fault {

/// The calls that can fail: those of the storage layer.
enum class Kind { write, read, grow, truncate, sync, close, create, open, publish, sync_folder, any };
constexpr int kinds = 11;

/// What the failing call does.
enum class Effect {
  nothing,  ///< fails without having done anything
  half,     ///< does the first half, then fails (the superblock: nothing, since no system tears 48 bytes)
  all,      ///< does all of it, then says that it failed
};

/// One fault: the n-th call of a kind on a rank (or on all) fails, once or from then on.
struct Fault {
  Kind kind = Kind::write;
  int rank = 0;  ///< -1: every rank
  long n = 1;
  int error = 0;
  Effect effect = Effect::nothing;
  bool persistent = false;

  bool hits(int on_rank) const { return rank == -1 || rank == on_rank; }
};

std::string to_string(const Fault& fault);

/// How many calls of each kind one rank made.
using Counts = std::array<long, kinds>;

/// Where faults are made.
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

/// The faults to try where `counts` has every rank's calls in a run without any.
std::vector<Fault> all_faults(const std::vector<Counts>& counts);

}  // namespace tessera::fault
