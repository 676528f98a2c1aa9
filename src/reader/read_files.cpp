#include "reader/read_files.hpp"

#include <algorithm>

#include <tessera/error.hpp>

#include "base/text.hpp"

namespace tessera::detail {

namespace {

/// Descriptors of a rank: a process has 1024 by default.
constexpr std::size_t most_open = 64;

}  // namespace

std::shared_ptr<const storage::ReadOnlyFile> ReadFiles::open(const ReadFile& file) {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(opened_, file.path, &Opened::path);
  if (found != opened_.end() && found->file->inode() == file.inode) {
    opened_.splice(opened_.begin(), opened_, found);
    return found->file;
  }
  if (found != opened_.end()) opened_.erase(found);
  auto opened = std::make_shared<const storage::ReadOnlyFile>(file.path);
  require_same_file(file, opened->inode());
  opened_.push_front({file.path, opened});
  if (opened_.size() > most_open) opened_.pop_back();
  return opened;
}

void ReadFiles::close() noexcept { opened_.clear(); }

void require_same_file(const ReadFile& file, std::uint64_t inode) {
  if (inode == file.inode) return;
  throw Error(ErrorCode::storage, "the file " + in_quotes(file.path) +
                                      " is another one than this reader opened; open it again to read what is there");
}

}  // namespace tessera::detail
