#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "storage/file.hpp"
#include "support/outside.hpp"

/// \file
/// What other programs do to the file while it is written, without asking for its lock (locks.cpp): it is noticed
/// before a commit is published, and at close(). Readers are welcome.

using namespace tessera_test;
using tessera::ErrorCode;

namespace {

namespace fs = std::filesystem;

std::string lost_path() { return fresh_directory() + "/file.h5"; }

/// What somebody does, and what the error says.
struct Deed {
  const char* name;
  std::vector<std::string> words;
  void (*act)(const std::string& path);
};

/// By name, as truncate(1) does.
void set_length(const std::string& path, std::uintmax_t size) { fs::resize_file(path, size); }

/// Into the same file, as cp(1) does.
void copy_over(const std::string& from, const std::string& path) {
  EXPECT_EQ(std::system(("cp --sparse=always '" + from + "' '" + path + "'").c_str()), 0);
}

const Deed deeds[] = {
    {"truncated", {"was truncated to 5000"}, [](const std::string& path) { set_length(path, 5000); }},
    {"emptied", {"was truncated to 0"}, [](const std::string& path) { set_length(path, 0); }},
    {"truncated and extended",
     {"was changed"},  // ": truncated and extended again", or with the collective engine another reason
     [](const std::string& path) {
       const auto length = fs::file_size(path);
       set_length(path, is_collective() ? 20 : 5000);
       set_length(path, length);
     }},
    {"another file copied over",
     {"was truncated to 1000"},
     [](const std::string& path) {
       std::ofstream(path + ".other") << std::string(1000, 'x');
       copy_over(path + ".other", path);
     }},
    {"a longer file copied over",
     {"was changed by another program"},
     [](const std::string& path) {
       std::ofstream(path + ".other") << "\211HDF\r\n\032\n" << std::string(100, 'x');
       set_length(path + ".other", fs::file_size(path) + 1000);
       copy_over(path + ".other", path);
     }},
    {"an older state copied over", {"was changed"}, [](const std::string& path) { copy_over(path + ".older", path); }},
};

/// Every rank gets the same error at each of two commits and at close().
void expect_refused(SmallFile& file, const std::string& path, const std::vector<std::string>& words,
                    bool with_commits) {
  Wanted wanted{ErrorCode::storage, words, {0}};
  wanted.words.insert(wanted.words.end(), {path, "rank 0", "begin a new file"});
  if (world_size() == 1) wanted.words.erase(wanted.words.end() - 2);
  for (int i = 0; with_commits && i < 2; ++i) expect_error(wanted, [&] { file.commit(); });
  expect_error(wanted, [&] { file.writer().close(); });
}

TEST(Deeds, AreNoticed) {
  for (const bool with_commits : {true, false}) {
    for (const Deed& deed : deeds) {
      // With stock HDF5 the length and the superblock may be those of an older state too.
      if (is_collective() && deed.name == std::string("an older state copied over")) continue;
      SCOPED_TRACE(deed.name);
      const std::string path = lost_path();
      SmallFile file(path);
      file.commit();
      on_first_rank([&] { copy_over(path, path + ".older"); });
      file.commit();
      on_first_rank([&] { deed.act(path); });
      expect_refused(file, path, deed.words, with_commits);
    }
  }
}

/// Readers alone are welcome: nothing is noticed of them.
TEST(Deeds, OfReadersAreNone) {
  const std::string path = lost_path();
  SmallFile file(path);
  for (int i = 0; i < 3; ++i) {
    file.commit();
    on_first_rank([&] { EXPECT_EQ(std::system(("cat '" + path + "' > /dev/null; touch '" + path + "'").c_str()), 0); });
  }
  file.writer().close();
}

/// Does the kernel tell who has a file open, in the directory of the test?
bool kernel_tells(const std::string& path) {
#if defined(F_SETLEASE)
  int tells = 0;
  if (world_rank() == 0) {
    const std::string probe = path + ".probe";
    const int descriptor = ::open(probe.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    tells = ::fcntl(descriptor, F_SETLEASE, F_WRLCK) == 0 ? 1 : 0;
    ::close(descriptor);
    std::ifstream systems("/proc/filesystems");
    for (std::string word; systems >> word;) tells = word == "nfsd" ? 0 : tells;
  }
  MPI_Bcast(&tells, 1, MPI_INT, 0, MPI_COMM_WORLD);
  return tells == 1;
#else
  static_cast<void>(path);
  return false;
#endif
}

/// Whoever has closed the file is in no copy of the metadata any more: there are 64, and a minute to wait for each.
TEST(Deeds, OfReadersThatHaveClosedTheFileHoldNothingUp) {
  const std::string path = lost_path();
  if (!kernel_tells(path)) GTEST_SKIP() << "the kernel does not tell who has a file open";
  SmallFile file(path, {.overwrite = true, .reader_grace_ms = 60'000});
  const double begin = MPI_Wtime();
  for (int i = 0; i < 150; ++i) {
    file.commit();
    on_first_rank([&] { EXPECT_EQ(std::ifstream(path).get(), 0x89); });
  }
  EXPECT_LT(MPI_Wtime() - begin, 50);
  file.writer().close();
  if (has_python()) {
    EXPECT_EQ(SmallFile::steps_in(path), 150);
  }
}

/// h5py that was told not to lock: opening alone marks the file as open for writing.
TEST(Deeds, OfHdf5WithoutALock) {
  if (!has_python()) GTEST_SKIP() << "no Python with h5py";
  for (const bool with_commits : {true, false}) {
    for (const std::string deed : {"", "; f.attrs['mine'] = 1", "; f.attrs['mine'] = 1; f.close()", "; f.close()"}) {
      SCOPED_TRACE(deed);
      const std::string path = lost_path();
      SmallFile file(path);
      file.commit();
      ::setenv("HDF5_USE_FILE_LOCKING", "FALSE", 1);
      const bool killed = deed.find("close") == std::string::npos;
      const std::string answer =
          python("f = h5py.File(sys.argv[1], 'r+')" + deed + (killed ? "; f.flush(); os._exit(0)" : ""), path);
      ::unsetenv("HDF5_USE_FILE_LOCKING");
      EXPECT_EQ(answer, "");
      if (is_collective() && deed == "; f.close()") {  // it wrote what was there
        file.commit();
        file.writer().close();
        continue;
      }
      // Stock HDF5 cuts off what the direct engine keeps the file longer.
      expect_refused(file, path, {is_collective() ? "was changed by another program" : "was truncated to"},
                     with_commits);
    }
  }
}

// In a commit.

std::string victim;       ///< is truncated where that is set
std::uint64_t at_offset;  ///< by the first write behind this

/// Has another program truncate the file right after some write of this process.
class DisturbedFile : public tessera::storage::File {
 public:
  explicit DisturbedFile(std::unique_ptr<tessera::storage::File> file) : file_(std::move(file)) {}
  void write(std::uint64_t offset, std::span<const std::byte> bytes) override {
    file_->write(offset, bytes);
    if (!victim.empty() && offset >= at_offset) fs::resize_file(std::exchange(victim, {}), 5000);
  }
  void read(std::uint64_t offset, std::span<std::byte> bytes) override { file_->read(offset, bytes); }
  void grow(std::uint64_t size) override { file_->grow(size); }
  void truncate(std::uint64_t size) override { file_->truncate(size); }
  void sync() override { file_->sync(); }
  void require_intact(std::uint64_t least, std::span<const tessera::storage::Mark> marks) override {
    file_->require_intact(least, marks);
  }

 private:
  std::unique_ptr<tessera::storage::File> file_;
};

/// Between the beginning of a commit and its end, on whatever rank: the superblock is not written.
TEST(Race, IsNoticedBeforeTheSuperblockIsWritten) {
  if (is_collective()) return;
  tessera::storage::set_wrapper(
      [](std::unique_ptr<tessera::storage::File> file) { return std::make_unique<DisturbedFile>(std::move(file)); });
  for (int culprit = 0; culprit < world_size(); ++culprit) {
    const std::string path = lost_path();
    SmallFile file(path);
    file.commit();
    file.commit();
    std::string before(48, '\0');
    on_first_rank([&] { std::ifstream(path).read(before.data(), 48); });
    if (world_rank() == culprit) {
      victim = path;
      at_offset = 4096;
    }
    expect_error({ErrorCode::storage, {path, "was truncated"}}, [&] { file.commit(); });
    EXPECT_TRUE(victim.empty());
    on_first_rank([&] {
      std::string after(48, '\0');
      std::ifstream(path).read(after.data(), 48);
      EXPECT_EQ(after, before) << "a step was published in a file that is broken";
    });
    expect_refused(file, path, {"was truncated"}, true);
  }
  tessera::storage::set_wrapper({});
}

/// A failed commit may have written over whatever lies behind the content: nobody else is blamed for it.
TEST(Race, AFailedCommitIsNone) {
  if (is_collective()) return;
  const std::string path = lost_path();
  SmallFile file(path);
  file.commit();
  for (int culprit = 0; culprit < world_size(); ++culprit) {
    for (int i = 0; i < 3; ++i) {
      rlimit before{};
      ::getrlimit(RLIMIT_FSIZE, &before);
      rlimit now = before;
      if (world_rank() == culprit) now.rlim_cur = 8192;
      ::setrlimit(RLIMIT_FSIZE, &now);
      expect_error({ErrorCode::storage, {"File too large"}}, [&] { file.commit(); });
      ::setrlimit(RLIMIT_FSIZE, &before);
    }
  }
  file.writer().close();
}

}  // namespace
