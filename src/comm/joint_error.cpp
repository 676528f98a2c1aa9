#include "comm/joint_error.hpp"

#include <algorithm>
#include <string>

#include "base/attempt.hpp"
#include "base/digest.hpp"
#include "base/text.hpp"
#include "comm/agreement.hpp"
#include "comm/broadcast.hpp"

namespace tessera::comm {

namespace {

/// The lowest rank whose report is so; the number of ranks where there is none.
template <class Condition>
std::size_t first_rank(const Communicator& comm, const Condition& condition) noexcept {
  const auto& reports = comm.memory().reports;
  return static_cast<std::size_t>(std::ranges::find_if(reports, condition) - reports.begin());
}

template <class Condition>
std::vector<int> all_ranks(const Communicator& comm, const Condition& condition) {
  std::vector<int> ranks;
  const auto& reports = comm.memory().reports;
  for (std::size_t rank = 0; rank < reports.size(); ++rank) {
    if (condition(reports[rank])) ranks.push_back(static_cast<int>(rank));
  }
  return ranks;
}

Error left_error(const Communicator& comm) noexcept {
  return made_error(ErrorCode::abandoned, {}, [&] {
    const auto& reports = comm.memory().reports;
    const auto leavers = ranks_in_state(reports, left);
    const auto failures = ranks_in_state(reports, failed);
    std::string text =
        list_ranks(leavers) + " of " + std::to_string(comm.size()) +
        " destroyed the writer without close(), so the others cannot go on; the file is closed and holds "
        "the committed steps. Look for an exception on the ranks named, and call close() on every rank";
    if (!failures.empty()) {
      const auto code = static_cast<ErrorCode>(reports[static_cast<std::size_t>(failures.front())].code);
      text += ". Besides, " + list_ranks(failures) + " had noted an error (" + to_string(code) + ")";
    }
    return Error(ErrorCode::abandoned, text, leavers);
  });
}

/// The cause of the lowest rank, and one other where there are several: no rank's failure is passed over in silence.
Error failed_error(const Communicator& comm, const Contribution& contribution) {
  const auto is_failed = [](const Report& report) { return report.state == failed; };
  const std::size_t first = first_rank(comm, is_failed);
  const Report report = comm.memory().reports[first];
  const auto has_other = [&](const Report& one) { return one.state == failed && one.cause != report.cause; };
  const std::size_t other = first_rank(comm, has_other);
  const std::string_view own = contribution.error != nullptr ? contribution.error->what() : "";
  std::optional<Error> failure;
  const std::string cause = broadcast_text(comm, static_cast<int>(first), own, failure);
  const std::string context = broadcast_text(comm, static_cast<int>(first), contribution.context, failure);
  std::string other_cause;
  if (other < comm.ranks()) other_cause = broadcast_text(comm, static_cast<int>(other), own, failure);
  const auto code = static_cast<ErrorCode>(report.code);
  return made_error(code, std::move(failure), [&] {
    const auto ranks = all_ranks(comm, is_failed);
    const auto others = all_ranks(comm, has_other);
    const bool everywhere = ranks.size() == comm.ranks() && comm.size() > 1 && others.empty();
    std::string text = (context.empty() ? "" : context + ": ") + (everywhere ? "" : list_ranks(ranks) + ": ") + cause;
    if (!others.empty()) {
      text += ". That is rank " + std::to_string(first) + "; " + std::to_string(others.size()) + " of the others " +
              (others.size() == 1 ? "has" : "have") + " another cause, rank " + std::to_string(other) + ": " +
              other_cause;
    }
    return Error(code, text, ranks);
  });
}

/// The digest that most ranks have; of several, the one of the lowest rank.
std::uint64_t most_common(const Communicator& comm) noexcept {
  const auto& reports = comm.memory().reports;
  auto& sorted = comm.memory().to_ranks;
  std::ranges::transform(reports, sorted.begin(), &Report::call);
  std::ranges::sort(sorted);
  const auto count = [&](const Report& report) { return std::ranges::equal_range(sorted, report.call).size(); };
  return std::ranges::max_element(reports, [&](const Report& a, const Report& b) { return count(a) < count(b); })->call;
}

Error disagreement_error(const Communicator& comm, const Contribution& contribution) {
  const std::uint64_t usual = most_common(comm);
  const auto is_other = [&](const Report& report) { return report.call != usual; };
  const std::size_t reference = first_rank(comm, [&](const Report& report) { return report.call == usual; });
  const std::size_t other = first_rank(comm, is_other);
  std::optional<Error> failure;
  const std::string here = broadcast_text(comm, static_cast<int>(reference), contribution.what, failure);
  const std::string there = broadcast_text(comm, static_cast<int>(other), contribution.what, failure);
  return made_error(ErrorCode::ranks_disagree, std::move(failure), [&] {
    const auto others = all_ranks(comm, is_other);
    return Error(ErrorCode::ranks_disagree,
                 "ranks disagree: rank " + std::to_string(reference) + " (like " +
                     std::to_string(comm.ranks() - others.size()) + " of " + std::to_string(comm.size()) + ") calls " +
                     here + ", but rank " + std::to_string(other) + " calls " + there +
                     (others.size() > 1 ? "; " + list_ranks(others) + " differ" : "") +
                     ". Every rank has to make the same calls in the same order with the same values",
                 others);
  });
}

}  // namespace

std::uint64_t cause_digest(const Contribution& contribution) noexcept {
  if (contribution.error == nullptr) return 0;
  return digest(contribution.error->what()) ^ (static_cast<std::uint64_t>(contribution.error->code()) << 56);
}

Error joint_error(const Communicator& comm, const Contribution& contribution) {
  const auto is = [](State state) { return [state](const Report& report) { return report.state == state; }; };
  if (first_rank(comm, is(left)) < comm.ranks()) return left_error(comm);
  if (first_rank(comm, is(failed)) < comm.ranks()) return failed_error(comm, contribution);
  return disagreement_error(comm, contribution);
}

}  // namespace tessera::comm
