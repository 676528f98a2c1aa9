#include "tools/doctor/checks.hpp"

namespace tessera::doctor {

namespace {

std::string text_of(const comm::MpiLibrary& mpi) { return mpi.name + " " + to_string(mpi.version); }

}  // namespace

/// Another implementation, or another major version, has other numbers for the same names. Within a major version of
/// Open MPI and MPICH newer libraries run older programs, not the other way round.
Finding check_mpi(const comm::MpiLibrary& running, const comm::MpiLibrary& built) {
  constexpr const char* name = "MPI library";
  const std::string remedy = "load the module of " + text_of(built) + ", or build Tessera and the program anew";
  if (running.name != built.name || running.version.major != built.version.major) {
    return {Status::error, name, text_of(running) + " runs, but Tessera was built with " + text_of(built), remedy};
  }
  if (running.version < built.version) {
    return {Status::warning, name,
            text_of(running) + " runs, older than what Tessera was built with, " + text_of(built), remedy};
  }
  const bool newer = running.version != built.version;
  return {Status::ok, name, text_of(running) + (newer ? ", built with " + to_string(built.version) : "")};
}

}  // namespace tessera::doctor
