#include "comm/agree.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>

#include "base/digest.hpp"
#include "base/narrow.hpp"
#include "base/text.hpp"
#include "comm/check.hpp"

namespace tessera::comm {

namespace {

enum State : std::uint64_t { fine = 0, failed = 1, left = 2 };

/// All meetings use non-blocking collectives, also where they wait at once: a destructor must be able to stop waiting, and
/// MPI does not match MPI_Iallreduce on one rank with MPI_Allreduce on another (MPI 4.0, section 6.12).
void wait(MPI_Request& request) { check(MPI_Wait(&request, MPI_STATUS_IGNORE), "MPI_Wait"); }

/// Word 0: states; 1 and 2: the digest and its complement; 3: the complement of the offers. With a bitwise or, the two
/// digests are complements of each other exactly when all ranks have the same one.
using Words = std::array<std::uint64_t, 4>;

Words words_of(State state, std::uint64_t digest, std::uint64_t offers) { return {state, digest, ~digest, ~offers}; }

MPI_Request begin_reduction(const Communicator& comm, Words& words) {
  MPI_Request request = MPI_REQUEST_NULL;
  check(MPI_Iallreduce(MPI_IN_PLACE, words.data(), static_cast<int>(words.size()), MPI_UINT64_T, MPI_BOR, comm.get(),
                       &request),
        "MPI_Iallreduce");
  return request;
}

struct Report {
  std::uint64_t state = fine;
  std::uint64_t digest = 0;
};

MPI_Request begin_reports(const Communicator& comm, const Report& own, std::vector<Report>& all) {
  all.resize(static_cast<std::size_t>(comm.size()));
  MPI_Request request = MPI_REQUEST_NULL;
  check(MPI_Iallgather(&own, 2, MPI_UINT64_T, all.data(), 2, MPI_UINT64_T, comm.get(), &request), "MPI_Iallgather");
  return request;
}

std::vector<int> ranks_in_state(const std::vector<Report>& reports, State state) {
  std::vector<int> ranks;
  for (std::size_t rank = 0; rank < reports.size(); ++rank) {
    if (reports[rank].state == state) ranks.push_back(static_cast<int>(rank));
  }
  return ranks;
}

Error left_error(const Communicator& comm, const std::vector<int>& leavers) {
  return Error(ErrorCode::abandoned,
               list_ranks(leavers) + " of " + std::to_string(comm.size()) +
                  " destroyed the writer without close(), so the others cannot go on; the file is closed and holds the "
                  "committed steps. Look for an exception on the ranks named, and call close() on every rank",
              leavers);
}

Error failed_error(const Communicator& comm, const std::vector<int>& ranks, const Call& call) {
  std::string text;
  if (call.error) text = std::to_string(static_cast<int>(call.error->code())) + " " + call.error->what();
  text = broadcast_text(comm, ranks.front(), text);
  const auto space = text.find(' ');
  const auto code = static_cast<ErrorCode>(std::stoi(text.substr(0, space)));
  const bool everywhere = ranks.size() == static_cast<std::size_t>(comm.size()) && comm.size() > 1;
  return Error(code, (everywhere ? "" : list_ranks(ranks) + ": ") + text.substr(space + 1), ranks);
}

/// The digest that most ranks have; of several, the one of the lowest rank.
std::uint64_t most_common(const std::vector<Report>& reports) {
  std::map<std::uint64_t, int> counts;
  for (const Report& report : reports) ++counts[report.digest];
  const auto best = std::max_element(reports.begin(), reports.end(), [&](const Report& a, const Report& b) {
    return counts[a.digest] < counts[b.digest];
  });
  return best->digest;
}

Error disagreement_error(const Communicator& comm, const std::vector<Report>& reports, const Call& call) {
  const std::uint64_t usual = most_common(reports);
  std::vector<int> others;
  int reference = -1;
  for (std::size_t rank = 0; rank < reports.size(); ++rank) {
    if (reports[rank].digest != usual) others.push_back(static_cast<int>(rank));
    else if (reference < 0) reference = static_cast<int>(rank);
  }
  const std::string here = broadcast_text(comm, reference, call.what);
  const std::string there = broadcast_text(comm, others.front(), call.what);
  const auto size = static_cast<std::size_t>(comm.size());
  return Error(ErrorCode::ranks_disagree,
               "ranks disagree: rank " + std::to_string(reference) + " (like " +
                  std::to_string(size - others.size()) + " of " + std::to_string(size) + ") calls " + here +
                  ", but rank " + std::to_string(others.front()) + " calls " + there +
                  (others.size() > 1 ? "; " + list_ranks(others) + " differ" : "") +
                  ". Every rank has to make the same calls in the same order with the same values",
              others);
}

}  // namespace

std::string broadcast_text(const Communicator& comm, int root, std::string text) {
  std::uint64_t length = text.size();
  MPI_Request request = MPI_REQUEST_NULL;
  check(MPI_Ibcast(&length, 1, MPI_UINT64_T, root, comm.get(), &request), "MPI_Ibcast");
  wait(request);
  text.resize(length);
  check(MPI_Ibcast(text.data(), narrow<int>(length, "a message's length"), MPI_CHAR, root, comm.get(), &request),
        "MPI_Ibcast");
  wait(request);
  return text;
}

Outcome try_agree(const Communicator& comm, const Call& call) {
  const State state = call.error ? failed : fine;
  const std::uint64_t own_digest = digest(call.what);
  Words words = words_of(state, own_digest, call.offers);
  MPI_Request request = begin_reduction(comm, words);
  wait(request);
  const bool same_call = words[1] == ~words[2];
  if (words[0] == fine && same_call) return {~words[3], true, {}};

  std::vector<Report> reports;
  const Report own{state, own_digest};
  request = begin_reports(comm, own, reports);
  wait(request);
  const auto leavers = ranks_in_state(reports, left);
  if (!leavers.empty()) return {0, same_call, left_error(comm, leavers)};
  const auto failures = ranks_in_state(reports, failed);
  if (!failures.empty()) return {0, same_call, failed_error(comm, failures, call)};
  return {0, same_call, disagreement_error(comm, reports, call)};
}

std::uint64_t agree(const Communicator& comm, const Call& call) {
  const Outcome outcome = try_agree(comm, call);
  if (outcome.error) throw *outcome.error;
  return outcome.offers;
}

namespace {

/// What the requests of a destructor read and write; left behind (leaked on purpose) when the others do not come in time.
struct Farewell {
  Words words{};
  Report own{left, 0};
  std::vector<Report> reports;
};

bool wait_until(MPI_Request& request, double deadline) {
  int done = 0;
  while (MPI_Wtime() < deadline) {
    check(MPI_Test(&request, &done, MPI_STATUS_IGNORE), "MPI_Test");
    if (done != 0) return true;
    usleep(200);
  }
  return false;
}

}  // namespace

std::optional<std::vector<int>> abandon(const Communicator& comm, double seconds) noexcept {
  try {
    const double deadline = MPI_Wtime() + seconds;
    auto farewell = std::make_unique<Farewell>();
    farewell->words = words_of(left, 0, 0);
    // Both at once: ranks that come after the deadline go through both as well, and would wait for the second.
    MPI_Request reduction = begin_reduction(comm, farewell->words);
    MPI_Request reports = begin_reports(comm, farewell->own, farewell->reports);
    if (wait_until(reduction, deadline) && wait_until(reports, deadline)) return ranks_in_state(farewell->reports, left);
    static_cast<void>(farewell.release());
  } catch (...) {
  }
  return std::nullopt;
}

bool all_come(const Communicator& comm, double seconds) noexcept {
  try {
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Ibarrier(comm.get(), &request), "MPI_Ibarrier");
    return wait_until(request, MPI_Wtime() + seconds);
  } catch (...) {
    return false;
  }
}

}  // namespace tessera::comm
