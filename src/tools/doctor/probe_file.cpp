#include "tools/doctor/probe_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace tessera::doctor {

ProbeFile::ProbeFile(const std::string& directory, int rank)
    : path_(directory + "/.tessera-doctor." + std::to_string(getpid()) + "." + std::to_string(rank)) {
  descriptor_ = open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor_ < 0) error_ = errno;
}

ProbeFile::~ProbeFile() {
  if (descriptor_ < 0) return;
  close(descriptor_);
  unlink(path_.c_str());
}

int ProbeFile::rename() {
  const std::string other = path_ + ".renamed";
  if (std::rename(path_.c_str(), other.c_str()) != 0) return errno;
  path_ = other;
  return 0;
}

}  // namespace tessera::doctor
