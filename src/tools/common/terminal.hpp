#pragma once

#include <cstdint>

namespace tessera::tools {

enum class Colours : std::uint8_t { none, ansi, true_colour };

/// What standard output can show.
struct Terminal {
  bool is_terminal = false;
  Colours colours = Colours::none;  ///< none unless it is a terminal; $NO_COLOR, $TERM and $COLORTERM are obeyed
  bool is_utf8 = false;             ///< by $LC_ALL, $LC_CTYPE, $LANG
  int columns = 80;
  int rows = 24;
};

Terminal standard_output();

/// Whether standard error is a terminal: lines that say how far a verb is go nowhere else.
bool shows_progress() noexcept;

}  // namespace tessera::tools
