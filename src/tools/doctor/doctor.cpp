#include "tools/doctor/doctor.hpp"

#include <filesystem>

#include "base/attempt.hpp"
#include "codec/compressors.hpp"
#include "comm/check.hpp"
#include "comm/node.hpp"
#include "tools/doctor/merge.hpp"

namespace tessera::doctor {

namespace {

/// The list that checks add to. One that throws has found something too.
class Findings {
 public:
  template <class Check>
  void add(const char* name, Check&& check) {
    std::optional<Error> failure;
    attempt(failure, [&] { take(check()); });
    if (failure) list_.push_back({Status::error, name, failure->what(), "please report this"});
  }
  std::vector<Finding>& list() { return list_; }

 private:
  void take(Finding finding) { list_.push_back(std::move(finding)); }
  void take(const std::vector<Finding>& more) { list_.insert(list_.end(), more.begin(), more.end()); }
  std::vector<Finding> list_;
};

void examine_libraries(Findings& findings, const Target& target) {
  findings.add("MPI library", [] { return check_mpi(comm::running_mpi(), comm::built_mpi()); });
  findings.add("MPI-IO", [&] { return check_mpi_bugs(comm::running_mpi(), target); });
  findings.add("HDF5 library", [] { return check_hdf5(hdf5::hdf5_library()); });
  findings.add("loaded libraries", [] { return check_loaded_libraries(); });
  findings.add("compressors", [] { return check_compressors(codec::compressors()); });
}

void examine_process(Findings& findings, const Target& target) {
  findings.add("file size limit", [&] { return check_file_size_limit(target); });
  findings.add("time limit", [] { return check_time_limit(); });
}

/// What is the same wherever the directory is the same: for one rank.
void examine_file_system(Findings& findings, const Target& target) {
  if (!std::filesystem::is_directory(target.directory)) return;
  findings.add("file system", [&] { return check_file_system(target); });
  findings.add("space", [&] { return check_space(target); });
  findings.add("quota", [&] { return check_quota(target); });
  findings.add("striping", [&] { return check_striping(target); });
}

/// What may differ between nodes: for one rank of each. \returns whether files can be made
void examine_directory(Findings& findings, const Target& target, int rank) {
  findings.add("directory", [&] { return check_directory(target, rank); });
  if (findings.list().back().status == Status::ok) {
    findings.add("file locks", [&] { return check_file_locks(target, rank); });
  }
}

}  // namespace

std::vector<Finding> examine_alone(const Target& target) {
  Findings findings;
  examine_libraries(findings, target);
  examine_process(findings, target);
  examine_directory(findings, target, 0);
  examine_file_system(findings, target);
  return findings.list();
}

std::vector<Finding> examine(const comm::MpiEnvironment& environment, const comm::Communicator& comm, Target& target) {
  const comm::Node node = comm::query_node(comm);
  target.ranks = comm.size();
  target.nodes = node.nodes;
  Findings findings;
  examine_libraries(findings, target);
  findings.add("MPI threads", [&] { return check_thread_level(comm::thread_level(), environment.allows_threads()); });
  findings.add("processors", [&] { return check_processors(comm); });
  findings.add("shared memory", [&] { return check_shared_memory(node.ranks); });
  examine_process(findings, target);
  if (node.rank == 0) examine_directory(findings, target, comm.rank());
  findings.add("one directory for all", [&] { return check_same_directory(comm, target); });
  if (comm.rank() == 0) examine_file_system(findings, target);
  return gather(comm, findings.list());
}

}  // namespace tessera::doctor
