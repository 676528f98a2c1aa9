#include "checkpoint/latest.hpp"

#include <algorithm>
#include <bit>
#include <cstdio>

#include "base/text.hpp"
#include "checkpoint/files.hpp"
#include "checkpoint/ranks.hpp"
#include "comm/broadcast.hpp"
#include "comm/rank_timeout.hpp"

namespace tessera::detail {

namespace {

/// On rank 0; its number is 0 where there is none.
StoredCheckpoint find(const std::string& path) {
  StoredCheckpoint found;
  for (const std::int64_t number : checkpoint_numbers(path)) {
    const std::string file = checkpoint_file(path, number);
    const Examined examined = examine_checkpoint(file);
    if (examined.why_not.empty()) {
      found.number = number;
      found.time = examined.time;
      return found;
    }
    std::string reason = in_quotes(file) + ": " + examined.why_not;
    std::ranges::replace(reason, '\n', ' ');
    std::fprintf(stderr, "tessera: warning: a checkpoint that cannot be read is passed over: %s\n", reason.c_str());
    found.passed_over.push_back(std::move(reason));
  }
  return found;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

/// What rank 0 has found, on every rank. Collective.
void share(const comm::Communicator& comm, StoredCheckpoint& found, const std::string& path) {
  found.number = static_cast<std::int64_t>(comm::broadcast(comm, 0, static_cast<std::uint64_t>(found.number)));
  found.time = std::bit_cast<double>(comm::broadcast(comm, 0, std::bit_cast<std::uint64_t>(found.time)));
  std::optional<Error> failure;
  std::string lines;
  attempt(failure, [&] { lines = joined(found.passed_over); });
  comm::conclude(comm, "telling what was found", failure);
  lines = comm::broadcast_text(comm, 0, lines, failure);
  attempt_unless(failure, [&] {
    found.passed_over = split(lines);
    found.path = checkpoint_file(path, found.number);
  });
  comm::conclude(comm, "telling what was found", failure);
}

}  // namespace

std::optional<StoredCheckpoint> latest_checkpoint(MPI_Comm communicator, const std::string& path) {
  std::optional<Error> noted;
  double limit = 0;
  attempt(noted, [&] { limit = comm::rank_timeout(0); });
  attempt_unless(noted, [&] { check_checkpoint_path(path); });
  const comm::Communicator comm(communicator, "tessera::Checkpoint", limit);
  const auto call = [&] { return "Checkpoint::latest(" + in_quotes(path) + ")"; };
  agree_on_call(comm, "Checkpoint::latest", call, std::move(noted));
  StoredCheckpoint found;
  on_root(comm, "looking for checkpoints", [&] { found = find(path); });
  share(comm, found, path);
  return found.number > 0 ? std::optional(std::move(found)) : std::nullopt;
}

}  // namespace tessera::detail
