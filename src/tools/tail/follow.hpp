#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tessera::tools {

struct TailRequest {
  std::string file;
  std::string run;              ///< empty: the last one of the file
  std::int64_t lines = 10;      ///< of steps that are there at first
  double wait = 0;              ///< seconds until there has to be a step
  std::optional<double> limit;  ///< seconds after which to end
  bool once = false;
  bool keep = false;
  bool json = false;
};

/// Prints each step of a run as it is committed, until the file is closed.
/// \returns good when it was closed or the time is over; findings when its writer has left it without close()
/// \throws Error as open_input does, when the time to wait is over
int follow(const TailRequest& request);

}  // namespace tessera::tools
