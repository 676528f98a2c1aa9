#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace tessera::storage {

class OpeningGiver;
class OpeningTaker;

/// Where a file is found, and what its user calls it: other names where links lead there.
struct Place {
  std::string path;
  std::string name;  ///< for messages
};

/// Bytes that were written last at some place of a file; 128 at most.
struct Mark {
  std::uint64_t offset = 0;
  std::span<const std::byte> bytes;
  const char* damage = nullptr;  ///< what it means that they have changed, for messages: "was overwritten"
};

/// What is said of a superblock (the beginning of an HDF5 file) that is not the one which was written last.
inline constexpr const char* superblock_changed =
    "was changed by another program (it begins with another superblock than was written last)";

/// A file as offsets and bytes. The seam at which tests record writes or make faults.
class File {
 public:
  virtual ~File() = default;

  /// Writes all bytes at `offset`, growing the file where needed. \throws Error storage
  virtual void write(std::uint64_t offset, std::span<const std::byte> bytes) = 0;

  /// Writes parts one after the other, without gaps, as one write where the system can. \throws Error storage
  virtual void write_parts(std::uint64_t offset, std::span<const std::span<const std::byte>> parts) {
    for (const auto& part : parts) {
      write(offset, part);
      offset += part.size();
    }
  }

  /// Reads up to `bytes.size()` bytes; what lies behind the end of the file reads as zeros. \throws Error storage
  virtual void read(std::uint64_t offset, std::span<std::byte> bytes) = 0;

  /// Makes the file at least this long; never shortens it. \throws Error storage
  virtual void grow(std::uint64_t size) = 0;

  /// Makes the file at most this long; never longer. \throws Error storage
  virtual void truncate(std::uint64_t size) = 0;

  /// Returns when everything written by this object is on stable storage. \throws Error storage
  virtual void sync() = 0;

  /// Has what was written in a range begin its way to stable storage, so that sync() has less to wait for. A hint.
  virtual void start_sync(std::uint64_t, std::uint64_t) {}

  /// Whether anybody else may have opened or read the file since the last call; true at the first call, and wherever
  /// that cannot be known. Reads through this object do not count.
  virtual bool readers_noticed() { return true; }

  /// Whether nobody else has the file open, now or at some moment before `until`, for which it waits; those who share
  /// this opening do not count. False at once where that cannot be known. After readers_noticed().
  virtual bool is_alone_by(std::chrono::steady_clock::time_point) { return false; }

  /// Shares this opening of the file with other processes, or continues theirs, where the file system is a local
  /// one (SharedOpening). Before anything is written by who takes it.
  virtual void give_opening(const OpeningGiver&) noexcept {}
  virtual void take_opening(const OpeningTaker&) noexcept {}

  /// Is the file still the one that its path names, at least this long, and with these bytes? The first call is to come
  /// when it has its name.
  /// \throws Error storage: it was removed, replaced, truncated or changed
  virtual void require_intact(std::uint64_t, std::span<const Mark>) {}

  /// Ends the use of the file. Some file systems (NFS) tell only now that earlier writes failed. \throws Error storage
  virtual void close() {}
};

/// Opens an existing file for reading and writing. `place`: where it will be found once it is published.
/// \throws Error storage
std::unique_ptr<File> open_file(const std::string& path, const Place& place);
inline std::unique_ptr<File> open_file(const std::string& path) { return open_file(path, {path, path}); }

/// How long continue_file may wait where there are no locks, and another node's mark.
inline constexpr std::chrono::seconds other_writer_patience{30};

/// Opens an existing file to go on writing it, with HDF5's lock of a reader (SharedLock), and as the one writer there
/// is, until it is closed: by a lock (WriterLock), or where there is none a mark (WriterMark), for whose end it may
/// wait for other_writer_patience. \throws Error storage: also where another program has it open for writing
std::unique_ptr<File> continue_file(const std::string& path, const Place& place);

/// Creates an empty file that must not exist, with the same locks.
/// \throws Error storage
std::unique_ptr<File> create_file(const std::string& path, const Place& place);
inline std::unique_ptr<File> create_file(const std::string& path) { return create_file(path, {path, path}); }

/// Gives the finished file at `from` its name in one step: whoever looks sees the old file or the new one, complete.
/// \throws Error file_exists when there is a file and `replace` is false, else Error storage
void publish_file(const std::string& from, const Place& place, bool replace);

/// Makes a rename in the directory of `path` durable. \throws Error storage
void sync_directory(const std::string& path);

/// Wraps every file that is opened or created from here on (nothing: no wrapping). For tests; not thread-safe.
using Wrapper = std::function<std::unique_ptr<File>(std::unique_ptr<File>)>;
void set_wrapper(Wrapper wrapper);

/// Is called before the functions above do what they are for, and may throw instead. For tests; not thread-safe.
enum class Act { open, create, publish, sync_directory };
using Gate = std::function<void(Act, const std::string& path)>;
void set_gate(Gate gate);

}  // namespace tessera::storage
