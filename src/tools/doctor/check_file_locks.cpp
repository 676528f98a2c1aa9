#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "tools/doctor/checks.hpp"
#include "tools/doctor/probe_file.hpp"
#include "tools/doctor/text.hpp"

namespace tessera::doctor {

namespace {

int try_flock(int descriptor) {
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) return errno;
  return flock(descriptor, LOCK_UN) == 0 ? 0 : errno;
}

int try_fcntl(int descriptor) {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_len = 1;
  return fcntl(descriptor, F_SETLK, &lock) == 0 ? 0 : errno;
}

}  // namespace

/// HDF5 takes flock (H5FDsec2.c), MPI-IO takes fcntl locks (ROMIO on NFS, OMPIO's sharedfp/lockedfile). Engine::direct
/// takes none.
Finding check_file_locks(const Target& target, int rank) {
  constexpr const char* name = "file locks";
  const ProbeFile probe(target.directory, rank);
  if (probe.error() != 0) return {Status::ok, name, "not looked at"};  // check_directory tells why
  const int by_flock = try_flock(probe.descriptor());
  const int by_fcntl = try_fcntl(probe.descriptor());
  if (by_flock != 0) {
    const std::string text = std::string("flock: ") + std::strerror(by_flock);
    if (environment("HDF5_USE_FILE_LOCKING") == "FALSE") return {Status::ok, name, text + "; HDF5 is told not to lock"};
    return {Status::warning, name, text + ": HDF5's tools and h5py may refuse to open files here",
            "export HDF5_USE_FILE_LOCKING=FALSE, also where files are read"};
  }
  if (by_fcntl != 0) {
    return {Status::warning, name,
            std::string("fcntl: ") + std::strerror(by_fcntl) + ": MPI-IO may fail or write wrong data",
            "use Engine::direct, or another file system; on Lustre, have it mounted with -o flock"};
  }
  return {Status::ok, name, "flock and fcntl work"};
}

}  // namespace tessera::doctor
