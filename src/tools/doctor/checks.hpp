#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "comm/communicator.hpp"
#include "comm/mpi_library.hpp"
#include "hdf5/hdf5_library.hpp"
#include "tools/doctor/finding.hpp"

/// \file
/// The checks of `tessera doctor`: one function each, in a file of its name. A new one is a file, a line here, and a
/// line in doctor.cpp. None throws but for what is unexpected; each returns what it sees, and where that is bad, a
/// remedy.

namespace tessera::doctor {

/// What all checks of a directory are told.
struct Target {
  std::string directory;
  std::optional<std::uint64_t> need;  ///< bytes that the job will write, where the user says so
  int ranks = 1;                      ///< that will write
  int nodes = 1;                      ///< on which they are
};

// Of the libraries; on every rank.

/// The MPI that runs is the one that Tessera was built with.
Finding check_mpi(const comm::MpiLibrary& running, const comm::MpiLibrary& built);
/// Errors of MPI-IO in that version (known_bugs.hpp), unless a setting avoids them.
std::vector<Finding> check_mpi_bugs(const comm::MpiLibrary& mpi, const Target& target);
/// The HDF5 that runs is the one that Tessera was built with, and has MPI.
Finding check_hdf5(const hdf5::Hdf5Library& hdf5);
/// The process has loaded one MPI and one HDF5, not two.
Finding check_loaded_libraries();
/// There is a fast compressor.
Finding check_compressors(const std::vector<std::string>& compressors);

// Of the processes.

/// MPI allows other threads beside the one that calls it. \param level of comm::MpiEnvironment
Finding check_thread_level(const std::string& level, bool allows_threads);
/// Ranks per node and processors for each. Collective.
Finding check_processors(const comm::Communicator& comm);
/// Space in /dev/shm for MPI's messages between the ranks of a node.
Finding check_shared_memory(int ranks_on_node);
/// The largest file that the shell allows (ulimit -f).
Finding check_file_size_limit(const Target& target);
/// What Finish would take for the end of the job.
Finding check_time_limit();

// Of the directory.

/// It is there, and a file can be made, written, synced and renamed in it. On one rank of each node.
Finding check_directory(const Target& target, int rank);
/// Every rank sees what rank 0 makes in it. Collective.
Finding check_same_directory(const comm::Communicator& comm, const Target& target);
/// flock and fcntl locks, which HDF5 and MPI-IO take. On one rank of each node.
Finding check_file_locks(const Target& target, int rank);
/// The kind of file system, and what is safe on it.
Finding check_file_system(const Target& target);
/// Bytes and files that fit.
Finding check_space(const Target& target);
/// The user's and the group's quota, as lfs, the kernel or quota(1) tell.
std::vector<Finding> check_quota(const Target& target);
/// Lustre: how many storage targets a new file lies on.
Finding check_striping(const Target& target);

}  // namespace tessera::doctor
