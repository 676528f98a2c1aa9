#include "storage/sentry.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace tessera::storage {

/// O_PATH does not open the file: closing another descriptor of it would give up the locks that MPI-IO may hold on it.
Sentry::Sentry(const std::string& path) : identity_(path) {
#ifdef O_PATH
  descriptor_ = ::open(path.c_str(), O_PATH | O_CLOEXEC);
  if (descriptor_ >= 0) identity_.require(descriptor_, 0);
#endif
}

Sentry::~Sentry() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void Sentry::require() {
  if (descriptor_ >= 0) identity_.require(descriptor_, 0);
}

}  // namespace tessera::storage
