#include "storage/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "storage/check.hpp"
#include "storage/directory.hpp"
#include "storage/free_space.hpp"
#include "storage/identity.hpp"
#include "storage/local.hpp"
#include "storage/read_at.hpp"
#include "storage/reader_watch.hpp"
#include "storage/requests.hpp"
#include "storage/shared_lock.hpp"
#include "storage/shared_opening.hpp"
#include "storage/sole_user.hpp"
#include "storage/striping.hpp"
#include "storage/uninterrupted.hpp"
#include "storage/writer_lock.hpp"
#include "storage/writer_mark.hpp"

namespace tessera::storage {

namespace {

[[noreturn]] void fail(const char* call, const std::string& path, int error) { throw system_error(call, path, error); }

Wrapper& wrapper() {
  static Wrapper instance;
  return instance;
}

Gate& gate() {
  static Gate instance;
  return instance;
}

void pass_gate(Act act, const std::string& path) {
  if (gate()) gate()(act, path);
}

std::unique_ptr<File> wrapped(std::unique_ptr<File> file) {
  return wrapper() ? wrapper()(std::move(file)) : std::move(file);
}

class PosixFile : public File {
 public:
  PosixFile(int descriptor, const Place& place) : descriptor_(descriptor), path_(place.name), identity_(place) {}
  ~PosixFile() override {
    lock_.release();
    writer_lock_.release();
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  PosixFile(const PosixFile&) = delete;
  PosixFile& operator=(const PosixFile&) = delete;

  void write(std::uint64_t offset, std::span<const std::byte> bytes) override {
    require_below_limit("writing", offset + bytes.size());
    while (!bytes.empty()) {
      // Linux moves at most 2 GiB a call; half of that keeps the counts clear of any 32-bit limit.
      const std::size_t part = std::min(bytes.size(), std::size_t{1} << 30);
      const ssize_t done =
          uninterrupted([&] { return ::pwrite(descriptor_, bytes.data(), part, static_cast<off_t>(offset)); });
      if (done < 0) fail("writing", path_, errno);
      if (done == 0) fail("writing", path_, ENOSPC);
      bytes = bytes.subspan(static_cast<std::size_t>(done));
      offset += static_cast<std::uint64_t>(done);
    }
  }

  void write_parts(std::uint64_t offset, std::span<const std::span<const std::byte>> parts) override {
    std::uint64_t end = offset;
    for (const auto& part : parts) end += part.size();
    require_below_limit("writing", end);
    while (!parts.empty()) {
      const Request request = next_request(parts);
      std::array<iovec, Request::max_parts> list;
      // The interface is that of readv too, which is why it is not const.
      for (std::size_t i = 0; i < request.parts; ++i)
        list[i] = {const_cast<std::byte*>(parts[i].data()), parts[i].size()};
      const ssize_t done =
          ::pwritev(descriptor_, list.data(), static_cast<int>(request.parts), static_cast<off_t>(offset));
      const bool may_be_able = errno == EINTR || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP;
      if (done < 0 && !may_be_able) fail("writing", path_, errno);
      // What was cut short, or is not possible as a list, is done again part by part.
      const bool complete = done >= 0 && static_cast<std::size_t>(done) == request.bytes;
      if (!complete) File::write_parts(offset, parts.first(request.parts));
      offset += request.bytes;
      parts = parts.subspan(request.parts);
    }
  }

  void read(std::uint64_t offset, std::span<std::byte> bytes) override {
    const ReaderWatch::OwnRead own(watch_ ? &*watch_ : nullptr);
    const ssize_t done = read_at(descriptor_, bytes, offset);
    if (done < 0) fail("reading", path_, errno);
    std::ranges::fill(bytes.subspan(static_cast<std::size_t>(done)), std::byte{0});
  }

  void grow(std::uint64_t size) override {
    if (length() >= size) return;
    require_below_limit("growing", size);
    set_length("growing", size);
  }

  void truncate(std::uint64_t size) override {
    if (length() > size) set_length("truncating", size);
  }

  void sync() override {
    if (uninterrupted([&] { return ::fdatasync(descriptor_); }) != 0) fail("syncing", path_, errno);
  }

  /// \param is_new whether the file is one that nobody else can know
  void lock(const std::string& published_path, bool is_new) {
    const LockState writer = writer_lock_.take(descriptor_);
    const bool others_change = lock_.take(descriptor_) == LockState::refused;
    if (writer == LockState::refused || others_change) {
      throw Error(ErrorCode::storage, "the file " + in_quotes(path_) + " is being written by another " +
                                          (writer == LockState::refused ? "job" : "program") +
                                          ", which has it locked; wait until that has ended, or write another file");
    }
    if (writer == LockState::none) make_mark(published_path, is_new);
  }

  void close() override {
    mark_.reset();
    lock_.release();
    writer_lock_.release();
    const int descriptor = std::exchange(descriptor_, -1);
    // Linux closes it also where it reports EINTR.
    if (descriptor >= 0 && ::close(descriptor) != 0 && errno != EINTR) fail("closing", path_, errno);
  }

  void require_intact(std::uint64_t least_size, std::span<const Mark> marks) override {
    if (mark_ && mark_->is_replaced()) {
      throw Error(ErrorCode::storage, "another job writes the file " + in_quotes(path_) + ", as " +
                                          in_quotes(mark_->path()) + " says; let one of them end");
    }
    const ReaderWatch::OwnRead own(watch_ && !marks.empty() ? &*watch_ : nullptr);
    identity_.require(descriptor_, least_size);
    for (const Mark& mark : marks) identity_.require(descriptor_, mark);
  }

  void start_sync(std::uint64_t offset, std::uint64_t size) override {
#ifdef SYNC_FILE_RANGE_WRITE
    // Not every file system can; sync() is what counts.
    static_cast<void>(
        ::sync_file_range(descriptor_, static_cast<off_t>(offset), static_cast<off_t>(size), SYNC_FILE_RANGE_WRITE));
#endif
  }

  bool readers_noticed() override {
    if (watch_) return watch_->noticed();
    watch_.emplace(descriptor_);
    sole_user_.emplace(descriptor_);
    return true;
  }

  bool is_alone_by(std::chrono::steady_clock::time_point until) override {
    return sole_user_ && sole_user_->is_alone_by(until, *watch_);
  }

  void give_opening(const OpeningGiver& giver) noexcept override {
    if (is_local(descriptor_)) giver.give(descriptor_);
  }

  void take_opening(const OpeningTaker& taker) noexcept override {
    const int shared = taker.take(descriptor_);
    if (shared >= 0) ::close(std::exchange(descriptor_, shared));
  }

 private:
  void require_below_limit(const char* call, std::uint64_t end) const {
    if (end > file_size_limit()) fail(call, path_, EFBIG);
  }

  void make_mark(const std::string& published_path, bool is_new) {
    mark_.emplace(published_path);
    if (is_new) return mark_->take_if_free();
    const std::string writer = mark_->take();
    if (writer.empty()) return;
    throw Error(ErrorCode::storage, "the file " + in_quotes(path_) + " is being written by another job: " + writer +
                                        "; wait until that has ended. If it has, remove " + in_quotes(mark_->path()));
  }

  std::uint64_t length() const {
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0) fail("examining", path_, errno);
    return static_cast<std::uint64_t>(status.st_size);
  }

  void set_length(const char* call, std::uint64_t size) {
    if (uninterrupted([&] { return ::ftruncate(descriptor_, static_cast<off_t>(size)); }) != 0)
      fail(call, path_, errno);
  }

  int descriptor_;
  std::string path_;  ///< for messages
  Identity identity_;
  WriterLock writer_lock_;
  SharedLock lock_;
  std::optional<WriterMark> mark_;     ///< where there is no lock
  std::optional<ReaderWatch> watch_;   ///< once somebody asks
  std::optional<SoleUser> sole_user_;  ///< the same
};

std::unique_ptr<PosixFile> open_with(const std::string& path, const Place& place, int flags, const char* call) {
  const int descriptor = uninterrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, 0666); });
  if (descriptor < 0) fail(call, place.name, errno);
  return std::make_unique<PosixFile>(descriptor, place);
}

/// Whether both are names of one file.
bool same_file(const std::string& one, const std::string& other) {
  struct stat a {};
  struct stat b {};
  return ::stat(one.c_str(), &a) == 0 && ::stat(other.c_str(), &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

}  // namespace

std::unique_ptr<File> open_file(const std::string& path, const Place& place) {
  pass_gate(Act::open, path);
  return wrapped(open_with(path, place, O_RDWR, "opening"));
}

std::unique_ptr<File> continue_file(const std::string& path, const Place& place) {
  pass_gate(Act::open, path);
  auto file = open_with(path, place, O_RDWR, "opening");
  file->lock(place.path, false);
  return wrapped(std::move(file));
}

std::unique_ptr<File> create_file(const std::string& path, const Place& place) {
  return create_file(path, place, Striping{});
}

std::unique_ptr<File> create_file(const std::string& path, const Place& place, const Striping& striping) {
  pass_gate(Act::create, path);
  const int striped = create_striped(path, striping);
  auto file = striped >= 0 ? std::make_unique<PosixFile>(striped, place)
                           : open_with(path, place, O_RDWR | O_CREAT | O_EXCL, "creating");
  file->lock(place.path, true);
  return wrapped(std::move(file));
}

void publish_file(const std::string& from, const Place& place, bool replace) {
  pass_gate(Act::publish, place.path);
  const auto rename = [&] { return ::rename(from.c_str(), place.path.c_str()); };
  if (replace) {
    if (uninterrupted(rename) != 0) fail("naming", place.name, errno);
    return;
  }
  // A link fails where the name is taken, which a rename does not.
  if (uninterrupted([&] { return ::link(from.c_str(), place.path.c_str()); }) == 0) {
    ::unlink(from.c_str());
    return;
  }
  if (errno == EEXIST) {
    // A file server that did it, and whose answer got lost, was asked once more.
    if (same_file(from, place.path)) {
      ::unlink(from.c_str());
      return;
    }
    throw Error(ErrorCode::file_exists, "the file " + in_quotes(place.name) +
                                            " exists; remove it, choose another name, or set Options::overwrite");
  }
  // File systems without hard links: the name was free a moment ago.
  if (uninterrupted(rename) != 0) fail("naming", place.name, errno);
}

void sync_directory(const std::string& path) {
  pass_gate(Act::sync_directory, path);
  const std::string directory = directory_of(path);
  const int descriptor = uninterrupted([&] { return ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
  if (descriptor < 0) fail("opening", directory, errno);
  const int result = uninterrupted([&] { return ::fsync(descriptor); });
  const int error = errno;
  ::close(descriptor);
  if (result != 0) fail("syncing", directory, error);
}

void set_wrapper(Wrapper new_wrapper) { wrapper() = std::move(new_wrapper); }

void set_gate(Gate new_gate) { gate() = std::move(new_gate); }

}  // namespace tessera::storage
