#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "scenario.hpp"

namespace tessera::fault {

/// Makes collective calls, and watches that all ranks throw the same or nothing, in time. All calls are collective.
class Witness {
 public:
  Witness(double limit, Outcome& outcome);

  /// True when the call succeeded on every rank.
  bool call(const std::string& name, const std::function<void()>& action);

  bool on_any(bool here) const;
  std::vector<Counts> gather(const Counts& own) const;

  /// Grows with every call: stands still where a call hangs.
  static std::atomic<long> progress;

 private:
  double limit_;
  Outcome& outcome_;
  int rank_ = 0;
  int size_ = 1;
};

}  // namespace tessera::fault
