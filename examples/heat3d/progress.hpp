#pragma once

#include <cstddef>
#include <string>

/// \file
/// The line that shows how far a run is.

namespace heat3d {

/// Shows progress on rank 0: on a terminal as one line that is rewritten, elsewhere (a log file, a batch job) as plain
/// lines without control characters. Other ranks show nothing. Local.
class Progress {
 public:
  explicit Progress(int rank);
  /// Leaves the line on the terminal.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// The current state, at most 79 characters of it on a terminal.
  void update(const std::string& line);
  /// A line that stays.
  void note(const std::string& line);

 private:
  void end_line();

  bool shown_;
  bool terminal_;
  std::size_t width_ = 0;  ///< characters of the line that is rewritten, 0 when there is none
};

/// Whether standard output reaches a terminal.
bool standard_output_is_terminal();

}  // namespace heat3d
