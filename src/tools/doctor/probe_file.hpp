#pragma once

#include <string>

namespace tessera::doctor {

/// An empty file ".tessera-doctor.<process>.<rank>" in a directory, removed at the end.
class ProbeFile {
 public:
  ProbeFile(const std::string& directory, int rank);
  ~ProbeFile();
  ProbeFile(const ProbeFile&) = delete;
  ProbeFile& operator=(const ProbeFile&) = delete;

  /// errno of what went wrong; 0: it is there.
  int error() const { return error_; }
  int descriptor() const { return descriptor_; }
  const std::string& path() const { return path_; }
  /// Gives it another name. \returns errno, or 0
  int rename();

 private:
  std::string path_;
  int descriptor_ = -1;
  int error_ = 0;
};

}  // namespace tessera::doctor
