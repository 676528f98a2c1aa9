#include "tools/common/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace tessera::tools {

namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

Colours colours_of_terminal() {
  if (!variable("NO_COLOR").empty() || variable("TERM").empty() || variable("TERM") == "dumb") return Colours::none;
  const std::string_view more = variable("COLORTERM");
  return more == "truecolor" || more == "24bit" ? Colours::true_colour : Colours::ansi;
}

bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string_view value = variable(name);
    if (value.empty()) continue;
    return value.find("UTF-8") != value.npos || value.find("utf8") != value.npos;
  }
  return false;
}

}  // namespace

Terminal standard_output() {
  Terminal terminal;
  terminal.is_utf8 = locale_is_utf8();
  terminal.is_terminal = ::isatty(STDOUT_FILENO) == 1;
  if (!terminal.is_terminal) return terminal;
  terminal.colours = colours_of_terminal();
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
    terminal.columns = size.ws_col;
    terminal.rows = size.ws_row;
  }
  return terminal;
}

bool shows_progress() noexcept { return ::isatty(STDERR_FILENO) == 1; }

}  // namespace tessera::tools
