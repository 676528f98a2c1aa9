#pragma once

#include <optional>
#include <string>

namespace tessera::finish {

/// How long steps take: the longest time between two calls. Of all, not of the last few: a commit that comes every
/// hundredth step, or a slow spell of the file system, may come again.
class Pace {
 public:
  /// A step ends and the next one begins. \param now seconds of any steady clock
  void step(double now) {
    if (last_ && now - *last_ > longest_) longest_ = now - *last_;
    last_ = now;
  }
  /// Seconds; 0 before the second call.
  double longest() const { return longest_; }

 private:
  std::optional<double> last_;
  double longest_ = 0;
};

/// What one more step needs, in seconds.
struct Needs {
  double step = 0;
  double commit = 0;  ///< after it, where commits are not part of every step
  double margin = 0;
  double total() const { return step + commit + margin; }
};

/// "walltime: 55 s left, a step takes 20 s, a commit 3.2 s, margin 60 s"
std::string walltime_text(double left, const Needs& needs);

/// "20 s", "3.2 s", "0.05 s": two digits at least.
std::string seconds_text(double seconds);

}  // namespace tessera::finish
