#include "comm/missing_ranks.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"

namespace tessera::comm {

namespace {

/// Ranks by the call in which they are; the coordinator's call comes first and reads "this call".
std::string whereabouts(const Poll& poll, const std::vector<int>& missing) {
  const std::string& usual = poll.answers[static_cast<std::size_t>(poll.coordinator)]->status.call;
  std::vector<int> here;
  std::map<std::string, std::vector<int>> elsewhere;
  for (std::size_t rank = 0; rank < poll.answers.size(); ++rank) {
    const auto number = static_cast<int>(rank);
    if (std::binary_search(missing.begin(), missing.end(), number)) continue;
    const std::string& call = poll.answers[rank]->status.call;
    if (call == usual) here.push_back(number);
    else elsewhere[call].push_back(number);
  }
  const auto place = [](const std::vector<int>& ranks, const std::string& call) {
    return list_ranks(ranks) + (ranks.size() == 1 ? " is in " : " are in ") + call;
  };
  std::string text = place(here, "this call");
  constexpr std::size_t most = 3;
  std::size_t shown = 0;
  for (const auto& [call, ranks] : elsewhere) {
    if (shown++ == most) return text + " and some in other calls";
    text += ", " + place(ranks, call);
  }
  return text;
}

/// Rank 0 publishes; where it is there it knows, else it may have done so once a rank had handed over.
Progress progress_of(const Poll& poll) {
  const auto& zero = poll.answers[0];
  if (zero && zero->status.progress == Progress::handed_over) return Progress::unpublished;
  if (zero) return zero->status.progress;
  Progress most = Progress::no_file;
  for (const auto& answer : poll.answers) {
    if (answer) most = std::max(most, answer->status.progress);
  }
  return most;
}

std::string state_of_file(const Poll& poll) {
  switch (progress_of(poll)) {
    case Progress::published: return "; the file holds the committed steps, this one too, and the writer is closed";
    case Progress::handed_over:
      return "; the file holds the committed steps, perhaps this one too, and the writer is closed";
    case Progress::unpublished: return "; the file holds the committed steps, and the writer is closed";
    default: return "";
  }
}

}  // namespace

Error missing_error(const Poll& poll) {
  std::vector<int> missing;
  for (std::size_t rank = 0; rank < poll.answers.size(); ++rank) {
    const auto& answer = poll.answers[rank];
    if (!answer || answer->came > poll.limit) missing.push_back(static_cast<int>(rank));
  }
  const RankStatus& coordinator = poll.answers[static_cast<std::size_t>(poll.coordinator)]->status;
  const std::string within = " within " + exact(poll.limit) + " s";
  std::string text = coordinator.call + ": ";
  if (missing.empty()) text += "all ranks are there, but it did not end" + within;
  else text += list_ranks(missing) + (coordinator.agreed ? " began it but did not go on" : " did not arrive") + within;
  text += "; " + whereabouts(poll, missing) + state_of_file(poll) + ". ";
  text += missing.empty() ? "Look for a fault of the network" : "Look at what " + list_ranks(missing) + " did instead";
  return Error(ErrorCode::rank_missing, text + ", or raise the limit (Options::rank_timeout, TESSERA_RANK_TIMEOUT)",
               missing);
}

}  // namespace tessera::comm
