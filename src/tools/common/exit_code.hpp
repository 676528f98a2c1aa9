#pragma once

namespace tessera::tools {

/// How the program ends, the same for every verb (docs/tessera.1). The last two are EX_USAGE and EX_SOFTWARE of
/// sysexits.h.
enum ExitCode : int {
  good = 0,
  findings = 1,    ///< warnings, differences, damage: what the verb looks for
  unreadable = 2,  ///< no such file, no permission, no HDF5 file, damaged where it matters; errors that doctor finds
  wrong_command_line = 64,  ///< also a run, field or step that the file does not have
  failed = 70,
};

}  // namespace tessera::tools
