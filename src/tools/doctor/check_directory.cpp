#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "tools/doctor/checks.hpp"
#include "tools/doctor/probe_file.hpp"

namespace tessera::doctor {

namespace {

constexpr const char* directory_check = "directory";

Finding bad(const Target& target, const std::string& what, int error) {
  std::string remedy = "create it, choose another directory, or change its permissions";
  if (error == ENOSPC) remedy = "free some space or files on this file system, or write elsewhere";
  if (error == EDQUOT) remedy = "the disk quota is used up: free some space, or ask for a larger quota";
  if (error == EFBIG) remedy = "raise the file size limit (ulimit -f)";
  if (error == EROFS) remedy = "the file system is mounted read-only: write elsewhere, or have it mounted anew";
  return {Status::error, directory_check, what + " '" + target.directory + "': " + std::strerror(error), remedy};
}

/// What the direct engine does to a file: write, sync, give it its name.
int use(ProbeFile& probe) {
  const std::vector<char> bytes(std::size_t{1} << 20, 'x');
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t part = write(probe.descriptor(), bytes.data() + done, bytes.size() - done);
    if (part < 0 && errno == EINTR) continue;
    if (part < 0) return errno;
    done += static_cast<std::size_t>(part);
  }
  if (fsync(probe.descriptor()) != 0) return errno;
  return probe.rename();
}

}  // namespace

Finding check_directory(const Target& target, int rank) {
  struct stat status {};
  if (stat(target.directory.c_str(), &status) != 0) return bad(target, "no directory", errno);
  if (!S_ISDIR(status.st_mode)) return bad(target, "no directory", ENOTDIR);
  ProbeFile probe(target.directory, rank);
  if (probe.error() != 0) return bad(target, "no file can be created in", probe.error());
  if (const int error = use(probe); error != 0) return bad(target, "a file cannot be written in", error);
  return {Status::ok, directory_check, "'" + target.directory + "': files can be created, written, synced and renamed"};
}

}  // namespace tessera::doctor
