#include <unistd.h>

#include <optional>

#include "base/text.hpp"
#include "comm/broadcast.hpp"
#include "comm/exchange.hpp"
#include "tools/doctor/checks.hpp"
#include "tools/doctor/probe_file.hpp"
#include "tools/doctor/text.hpp"

namespace tessera::doctor {

namespace {

/// NFS keeps what it knows of a directory for some seconds: try again for a while.
bool comes_to_be_seen(const std::string& path) {
  for (int attempt = 0; attempt < 20; ++attempt) {
    if (access(path.c_str(), F_OK) == 0) return true;
    usleep(250'000);
  }
  return false;
}

}  // namespace

Finding check_same_directory(const comm::Communicator& comm, const Target& target) {
  constexpr const char* name = "one directory for all";
  if (comm.size() == 1) return {Status::ok, name, "one rank alone"};
  std::optional<ProbeFile> probe;
  if (comm.rank() == 0) probe.emplace(target.directory, comm.rank());
  const bool made = probe && probe->error() == 0;
  const std::string path = comm::broadcast_text(comm, 0, made ? probe->path() : "");
  if (path.empty()) return {Status::warning, name, "rank 0 cannot make a file there", "mend the directory first"};
  const bool seen = comes_to_be_seen(path);
  const auto blind = comm::max_over_ranks(comm, seen ? 0 : 1);  // and the file stays until all have looked
  if (seen) {
    return {Status::ok, name, blind == 0 ? "all " + count_text(comm.size(), "rank") + " see rank 0's file" : "seen"};
  }
  return {Status::error, name, "'" + target.directory + "' is not rank 0's directory of that name",
          "write to a file system that all nodes share; /tmp and local disks are not"};
}

}  // namespace tessera::doctor
