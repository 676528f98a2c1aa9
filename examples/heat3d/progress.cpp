#include "progress.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

namespace heat3d {

bool standard_output_is_terminal() {
  if (isatty(STDOUT_FILENO) == 0) return false;
  // Open MPI gives every rank a pseudo-terminal, also when mpiexec's own output is a file. So ask about the parent,
  // which is mpiexec or the shell; where that cannot be found out (no /proc, a remote node), take it for a log.
  const std::string path = "/proc/" + std::to_string(getppid()) + "/fd/1";
  const int descriptor = open(path.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool result = isatty(descriptor) != 0;
  close(descriptor);
  return result;
}

Progress::Progress(int rank) : shown_(rank == 0), terminal_(shown_ && standard_output_is_terminal()) {}

Progress::~Progress() { end_line(); }

void Progress::update(const std::string& line) {
  if (!shown_) return;
  if (!terminal_) {
    std::printf("%s\n", line.c_str());
  } else {
    const std::string visible = line.substr(0, 79);
    const std::size_t rest = width_ > visible.size() ? width_ - visible.size() : 0;
    std::printf("\r%s%*s", visible.c_str(), static_cast<int>(rest), "");
    width_ = visible.size();
  }
  std::fflush(stdout);
}

void Progress::note(const std::string& line) {
  if (!shown_) return;
  end_line();
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

void Progress::end_line() {
  if (width_ > 0) std::printf("\n");
  width_ = 0;
}

}  // namespace heat3d
