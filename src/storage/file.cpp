#include "storage/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "storage/reader_watch.hpp"

namespace tessera::storage {

namespace {

/// The one place where errno is read. EFBIG, ENOSPC and EDQUOT get the remedy that helps.
[[noreturn]] void fail(const char* call, const std::string& path, int error) {
  std::string text = std::string(call) + " failed for " + in_quotes(path) + ": " + std::strerror(error);
  if (error == ENOSPC) text += "; free some space on this file system, or write elsewhere";
  if (error == EDQUOT) text += "; the disk quota is used up: free some space, or ask for a larger quota";
  if (error == EFBIG) text += "; raise the file size limit (ulimit -f)";
  throw Error(ErrorCode::storage, text);
}

Wrapper& wrapper() {
  static Wrapper instance;
  return instance;
}

std::unique_ptr<File> wrapped(std::unique_ptr<File> file) {
  return wrapper() ? wrapper()(std::move(file)) : std::move(file);
}

class PosixFile : public File {
 public:
  PosixFile(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  ~PosixFile() override { ::close(descriptor_); }

  void write(std::uint64_t offset, std::span<const std::byte> bytes) override {
    while (!bytes.empty()) {
      // Linux moves at most 2 GiB a call; half of that keeps the counts clear of any 32-bit limit.
      const std::size_t part = std::min(bytes.size(), std::size_t{1} << 30);
      const ssize_t done = ::pwrite(descriptor_, bytes.data(), part, static_cast<off_t>(offset));
      if (done < 0 && errno == EINTR) continue;
      if (done < 0) fail("writing", path_, errno);
      if (done == 0) fail("writing", path_, ENOSPC);
      bytes = bytes.subspan(static_cast<std::size_t>(done));
      offset += static_cast<std::uint64_t>(done);
    }
  }

  /// By one system call where the parts are small; each on its own where they are large.
  void write_parts(std::uint64_t offset, std::span<const std::span<const std::byte>> parts) override {
    constexpr std::size_t most_parts = 64;
    constexpr std::size_t large = std::size_t{4} << 20;
    while (!parts.empty()) {
      std::array<iovec, most_parts> list;
      std::size_t count = 0;
      std::size_t bytes = 0;
      for (; count < parts.size() && count < most_parts && (count == 0 || bytes + parts[count].size() <= large); ++count) {
        // The interface is that of readv too, which is why it is not const.
        list[count] = {const_cast<std::byte*>(parts[count].data()), parts[count].size()};
        bytes += parts[count].size();
      }
      const ssize_t done = ::pwritev(descriptor_, list.data(), static_cast<int>(count), static_cast<off_t>(offset));
      // Whatever was not plain sailing is done again, part by part, by write(), which reports it.
      const bool complete = done >= 0 && static_cast<std::size_t>(done) == bytes;
      if (!complete) File::write_parts(offset, parts.first(count));
      offset += bytes;
      parts = parts.subspan(count);
    }
  }

  void read(std::uint64_t offset, std::span<std::byte> bytes) override {
    const ReaderWatch::OwnRead own(watch_ ? &*watch_ : nullptr);
    while (!bytes.empty()) {
      const std::size_t part = std::min(bytes.size(), std::size_t{1} << 30);
      const ssize_t done = ::pread(descriptor_, bytes.data(), part, static_cast<off_t>(offset));
      if (done < 0 && errno == EINTR) continue;
      if (done < 0) fail("reading", path_, errno);
      if (done == 0) break;
      bytes = bytes.subspan(static_cast<std::size_t>(done));
      offset += static_cast<std::uint64_t>(done);
    }
    std::fill(bytes.begin(), bytes.end(), std::byte{0});
  }

  void grow(std::uint64_t size) override {
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0) fail("examining", path_, errno);
    if (static_cast<std::uint64_t>(status.st_size) >= size) return;
    truncate(size);
  }

  void truncate(std::uint64_t size) override {
    if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) fail("truncating", path_, errno);
  }

  void sync() override {
    if (::fdatasync(descriptor_) != 0) fail("syncing", path_, errno);
  }

  void start_sync(std::uint64_t offset, std::uint64_t size) override {
#ifdef SYNC_FILE_RANGE_WRITE
    // Not every file system can; sync() is what counts.
    static_cast<void>(::sync_file_range(descriptor_, static_cast<off_t>(offset), static_cast<off_t>(size),
                                        SYNC_FILE_RANGE_WRITE));
#endif
  }

  bool readers_noticed() override {
    if (watch_) return watch_->noticed();
    watch_.emplace(descriptor_);
    return true;
  }

 private:
  int descriptor_;
  std::string path_;
  std::optional<ReaderWatch> watch_;  ///< once somebody asks
};

std::unique_ptr<File> open_with(const std::string& path, int flags, const char* call) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
  if (descriptor < 0) fail(call, path, errno);
  return wrapped(std::make_unique<PosixFile>(descriptor, path));
}

}  // namespace

std::unique_ptr<File> open_file(const std::string& path) { return open_with(path, O_RDWR, "opening"); }

std::unique_ptr<File> create_file(const std::string& path) {
  return open_with(path, O_RDWR | O_CREAT | O_EXCL, "creating");
}

void publish_file(const std::string& from, const std::string& to, bool replace) {
  if (replace) {
    if (::rename(from.c_str(), to.c_str()) != 0) fail("naming", to, errno);
    return;
  }
  // A link fails where the name is taken, which a rename does not.
  if (::link(from.c_str(), to.c_str()) == 0) {
    ::unlink(from.c_str());
    return;
  }
  if (errno == EEXIST) {
    throw Error(ErrorCode::file_exists,
                "the file " + in_quotes(to) + " exists; remove it, choose another name, or set Options::overwrite");
  }
  // File systems without hard links: the name was free a moment ago.
  if (::rename(from.c_str(), to.c_str()) != 0) fail("naming", to, errno);
}

void sync_folder(const std::string& path) {
  const auto parent = std::filesystem::path(path).parent_path();
  const std::string folder = parent.empty() ? "." : parent.string();
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) fail("opening", folder, errno);
  const int result = ::fsync(descriptor);
  const int error = errno;
  ::close(descriptor);
  if (result != 0) fail("syncing", folder, error);
}

void set_wrapper(Wrapper new_wrapper) { wrapper() = std::move(new_wrapper); }

}  // namespace tessera::storage
