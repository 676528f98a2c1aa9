#include "storage/change_detector.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/local.hpp"
#include "storage/read_at.hpp"
#include "storage/uninterrupted.hpp"

namespace tessera::storage {

/// O_PATH does not open the file.
ChangeDetector::ChangeDetector(const Place& place) : identity_(place) {
#ifdef O_PATH
  descriptor_ = uninterrupted([&] { return ::open(place.path.c_str(), O_PATH | O_CLOEXEC); });
  may_read_ = descriptor_ >= 0 && is_local(descriptor_);
  if (may_read_) {
    ::close(descriptor_);
    descriptor_ = uninterrupted(
        [&] { return ::open(place.path.c_str(), O_RDWR | O_CLOEXEC); });  // the lock of a writer asks for that
    may_read_ = descriptor_ >= 0;
  }
  if (may_read_) {
    writer_lock_.take(descriptor_);
    lock_.take(descriptor_);
  }
  if (descriptor_ >= 0) identity_.require(descriptor_, 0);
#endif
}

ChangeDetector::~ChangeDetector() {
  lock_.release();
  writer_lock_.release();
  if (descriptor_ >= 0) ::close(descriptor_);
}

void ChangeDetector::remember() noexcept {
  struct stat status {};
  if (!may_read_ || damaged_ || ::fstat(descriptor_, &status) != 0) return;
  size_ = static_cast<std::uint64_t>(status.st_size);
  knows_ = read_at(descriptor_, head_, 0) == static_cast<ssize_t>(head_.size());
}

void ChangeDetector::require() {
  if (descriptor_ < 0) return;
  if (!knows_) return identity_.require(descriptor_, 0);
  damaged_ = true;  // unless the following ends well
  identity_.require(descriptor_, size_);
  identity_.require(descriptor_, Mark{0, head_, superblock_changed});
  damaged_ = false;
}

}  // namespace tessera::storage
