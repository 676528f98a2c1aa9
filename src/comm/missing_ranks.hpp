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

/// What a rank answers to a poll.
struct RankStatus {
  double waited = 0;    ///< seconds, in the wait in which it answers
  bool agreed = false;  ///< the first agreement of its call is over: all ranks have begun the call
  Progress progress = Progress::no_file;
  std::string call;  ///< "commit of step 12 of run 'a'"
};

/// A poll of all ranks: who answered.
struct Poll {
  struct Answer {
    RankStatus status;
    double came = 0;  ///< seconds from the beginning of the coordinator's wait to that of this rank's
  };
  double limit = 0;  ///< seconds that a rank waits
  int coordinator = 0;
  std::vector<std::optional<Answer>> answers;  ///< by rank, the coordinator's own included
};

/// The error that all ranks of the poll throw. Missing are those that did not answer, and those that came after the
/// limit.
Error missing_error(const Poll& poll);

}  // namespace tessera::comm
