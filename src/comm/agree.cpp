#include "comm/agree.hpp"

#include <algorithm>
#include <map>

#include "base/digest.hpp"
#include "base/narrow.hpp"
#include "base/text.hpp"
#include "comm/check.hpp"
#include "comm/meeting.hpp"
#include "comm/run.hpp"

namespace tessera::comm {

namespace {

/// The code and the text; the same digest means the same cause.
std::string cause_of(const Call& call) {
  if (!call.error) return {};
  return std::to_string(static_cast<int>(call.error->code())) + " " + call.error->what();
}

std::string text_of_cause(const std::string& cause) { return cause.substr(cause.find(' ') + 1); }

std::string prefix(const std::string& context) { return context.empty() ? "" : context + ": "; }

Error left_error(const Communicator& comm, const std::vector<Report>& reports) {
  const auto leavers = ranks_in_state(reports, left);
  const auto failures = ranks_in_state(reports, failed);
  std::string text = list_ranks(leavers) + " of " + std::to_string(comm.size()) +
                     " destroyed the writer without close(), so the others cannot go on; the file is closed and holds the "
                     "committed steps. Look for an exception on the ranks named, and call close() on every rank";
  if (!failures.empty()) {
    const auto code = static_cast<ErrorCode>(reports[static_cast<std::size_t>(failures.front())].code);
    text += ". Besides, " + list_ranks(failures) + " had noted an error (" + to_string(code) + ")";
  }
  return Error(ErrorCode::abandoned, text, leavers);
}

/// The cause of the lowest rank, and one other where there are several: no rank's failure is passed over in silence.
Error failed_error(const Communicator& comm, const std::vector<Report>& reports, const Call& call) {
  const auto ranks = ranks_in_state(reports, failed);
  const std::uint64_t cause = reports[static_cast<std::size_t>(ranks.front())].cause;
  std::vector<int> others;
  std::copy_if(ranks.begin(), ranks.end(), std::back_inserter(others),
               [&](int rank) { return reports[static_cast<std::size_t>(rank)].cause != cause; });
  const std::string first = broadcast_text(comm, ranks.front(), cause_of(call));
  const std::string context = broadcast_text(comm, ranks.front(), call.context);
  const bool everywhere = ranks.size() == comm.ranks() && comm.size() > 1 && others.empty();
  std::string text = prefix(context) + (everywhere ? "" : list_ranks(ranks) + ": ") + text_of_cause(first);
  if (!others.empty()) {
    text += ". That is rank " + std::to_string(ranks.front()) + "; " + std::to_string(others.size()) + " of the others " +
            (others.size() == 1 ? "has" : "have") + " another cause, rank " + std::to_string(others.front()) + ": " +
            text_of_cause(broadcast_text(comm, others.front(), cause_of(call)));
  }
  return Error(static_cast<ErrorCode>(std::stoi(first.substr(0, first.find(' ')))), text, ranks);
}

/// The digest that most ranks have; of several, the one of the lowest rank.
std::uint64_t most_common(const std::vector<Report>& reports) {
  std::map<std::uint64_t, int> counts;
  for (const Report& report : reports) ++counts[report.call];
  const auto best = std::max_element(reports.begin(), reports.end(), [&](const Report& a, const Report& b) {
    return counts[a.call] < counts[b.call];
  });
  return best->call;
}

Error disagreement_error(const Communicator& comm, const std::vector<Report>& reports, const Call& call) {
  const std::uint64_t usual = most_common(reports);
  std::vector<int> others;
  int reference = -1;
  for (std::size_t rank = 0; rank < reports.size(); ++rank) {
    if (reports[rank].call != usual) others.push_back(static_cast<int>(rank));
    else if (reference < 0) reference = static_cast<int>(rank);
  }
  const std::string here = broadcast_text(comm, reference, call.what);
  const std::string there = broadcast_text(comm, others.front(), call.what);
  return Error(ErrorCode::ranks_disagree,
               "ranks disagree: rank " + std::to_string(reference) + " (like " +
                  std::to_string(comm.ranks() - others.size()) + " of " + std::to_string(comm.size()) + ") calls " + here +
                  ", but rank " + std::to_string(others.front()) + " calls " + there +
                  (others.size() > 1 ? "; " + list_ranks(others) + " differ" : "") +
                  ". Every rank has to make the same calls in the same order with the same values",
              others);
}

Error error_of(const Communicator& comm, const std::vector<Report>& reports, const Call& call) {
  if (!ranks_in_state(reports, left).empty()) return left_error(comm, reports);
  if (!ranks_in_state(reports, failed).empty()) return failed_error(comm, reports, call);
  return disagreement_error(comm, reports, call);
}

}  // namespace

std::string broadcast_text(const Communicator& comm, int root, std::string text) {
  const auto length = run(comm, static_cast<std::uint64_t>(text.size()), [&](std::uint64_t& l, MPI_Request* request) {
    check(MPI_Ibcast(&l, 1, MPI_UINT64_T, root, comm.get(), request), "MPI_Ibcast");
  });
  text.resize(length);
  return run(comm, std::move(text), [&](std::string& t, MPI_Request* request) {
    check(MPI_Ibcast(t.data(), narrow<int>(length, "a message's length"), MPI_CHAR, root, comm.get(), request),
          "MPI_Ibcast");
  });
}

Outcome try_agree(const Communicator& comm, const Call& call) {
  const State state = call.error ? failed : fine;
  const std::uint64_t own_digest = digest(call.what);
  const Words words = run(comm, words_of(state, own_digest, digest(call.values), call.offers,
                                         comm.rank() == 0 ? call.from_root : 0),
                          [&](Words& w, MPI_Request* request) { begin_reduction(comm, w, request); });
  comm.watch().set_met();
  Outcome outcome{~words.offers_complement, words.from_root, words.digest == ~words.digest_complement,
                  words.values == ~words.values_complement, {}};
  if (words.states == fine && outcome.same_call) return outcome;

  const Report own{state, own_digest, digest(cause_of(call)),
                   call.error ? static_cast<std::uint64_t>(call.error->code()) : 0};
  const Reports reports = run(comm, reports_of(comm, own),
                              [&](Reports& r, MPI_Request* request) { begin_reports(comm, r, request); });
  outcome.offers = 0;
  outcome.error = error_of(comm, reports.all, call);
  return outcome;
}

void confirm(const Communicator& comm) {
  if (!comm.watch().has_limit()) return;
  run(comm, char{}, [&](char&, MPI_Request* request) { check(MPI_Ibarrier(comm.get(), request), "MPI_Ibarrier"); });
}

Outcome agree(const Communicator& comm, const Call& call) {
  Outcome outcome = try_agree(comm, call);
  if (outcome.error) throw *outcome.error;
  return outcome;
}

}  // namespace tessera::comm
