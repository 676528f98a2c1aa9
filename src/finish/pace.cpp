#include "finish/pace.hpp"

#include <cmath>

#include "base/text.hpp"

namespace tessera::finish {

std::string seconds_text(double seconds) {
  const double size = std::abs(seconds);
  return fixed(seconds, size >= 10 ? 0 : size >= 1 ? 1 : 2) + " s";
}

std::string walltime_text(double left, const Needs& needs) {
  std::string text =
      left >= 0 ? "walltime: " + seconds_text(left) + " left" : "walltime: over since " + seconds_text(-left);
  if (needs.step > 0) text += ", a step takes " + seconds_text(needs.step);
  if (needs.commit > 0) text += ", a commit " + seconds_text(needs.commit);
  return text + ", margin " + seconds_text(needs.margin);
}

}  // namespace tessera::finish
