#pragma once

#include <optional>
#include <string>
#include <vector>

#include <tessera/error.hpp>

namespace tessera::comm {

/// How far a commit is on its way to the file's readers.
enum class Progress : unsigned char {
  no_file,      ///< there is none behind the call
  unpublished,  ///< nothing of it can be seen in the file
  handed_over,  ///< this rank's part is done; rank 0 may publish it
  published,    ///< rank 0 has published it
};

/// What a rank that is there says of itself when the roll is called.
struct Presence {
  double waited = 0;  ///< seconds, in the wait in which it answers
  bool met = false;   ///< the first meeting of its call is over: all ranks have begun the call
  Progress progress = Progress::no_file;
  std::string call;   ///< "commit of step 12 of run 'a'"
};

/// The roll: who answered.
struct Roll {
  struct Answer {
    Presence presence;
    double came = 0;  ///< seconds from the begin of the caller's wait to the begin of this rank's
  };
  double limit = 0;   ///< seconds that a rank waits
  int caller = 0;
  std::vector<std::optional<Answer>> answers;  ///< by rank, the caller's own included
};

/// The error that all ranks of the roll throw. Missing are those that did not answer, and those that came after the
/// limit.
Error missing_error(const Roll& roll);

}  // namespace tessera::comm
