#pragma once

#include <string>

#include "storage/identity.hpp"

namespace tessera::storage {

/// Looks after a file that others write: is it still the one that its path names?
class Sentry {
 public:
  /// The file exists. Where it cannot be looked at, require() finds nothing wrong.
  explicit Sentry(const std::string& path);
  ~Sentry();
  Sentry(const Sentry&) = delete;
  Sentry& operator=(const Sentry&) = delete;

  /// \throws Error storage: the file was removed or replaced
  void require();

 private:
  int descriptor_ = -1;
  Identity identity_;
};

}  // namespace tessera::storage
