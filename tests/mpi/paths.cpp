#include <gtest/gtest.h>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "support/outside.hpp"

/// \file
/// What a path may be: links, names of every length, files with a mode and a group, and what is no file.

using namespace tessera_test;
using tessera::ErrorCode;
using tessera::Options;

namespace {

namespace fs = std::filesystem;

void write(const std::string& path, Options options = {}) {
  SmallFile file(path, options);
  file.commit();
  file.writer().close();
  if (has_python()) {
    EXPECT_EQ(SmallFile::steps_in(path), 1) << path;
  }
}

void refuse(const std::string& path, const Wanted& wanted, const Options& options = {}) {
  expect_error(wanted, [&] { const tessera::Writer writer(MPI_COMM_WORLD, path, options); });
}

struct stat status_of(const std::string& path) {
  struct stat result {};
  EXPECT_EQ(::lstat(path.c_str(), &result), 0) << path;
  return result;
}

/// Nothing lies about in a directory but what is named.
void expect_entries(const std::string& directory, const std::set<std::string>& names) {
  MPI_Barrier(MPI_COMM_WORLD);
  std::set<std::string> found;
  for (const auto& entry : fs::directory_iterator(directory)) found.insert(entry.path().filename().string());
  EXPECT_EQ(found, names);
  MPI_Barrier(MPI_COMM_WORLD);
}

// Links.

/// "here" has links, "there" is the large disk.
struct Links {
  std::string directory = fresh_directory();
  std::string here = directory + "/here";
  std::string there = directory + "/there";

  Links() {
    on_first_rank([&] {
      fs::create_directory(here);
      fs::create_directory(there);
    });
  }
  void link(const std::string& to, const std::string& name) const {
    on_first_rank([&] { fs::create_symlink(to, here + "/" + name); });
  }
};

TEST(PathIsALink, ToAFileInAnotherDirectory) {
  const Links links;
  links.link("../there/data.h5", "relative.h5");
  links.link(fs::absolute(links.there).string() + "/other.h5", "absolute.h5");
  for (const std::string name : {"relative.h5", "absolute.h5"}) {
    const std::string path = links.here + "/" + name;
    write(path);  // the link dangles
    EXPECT_TRUE(fs::is_symlink(path));
    refuse(path, {ErrorCode::file_exists, {path, "Options::overwrite"}});
    write(path, {.overwrite = true});
    EXPECT_TRUE(fs::is_symlink(path));
  }
  expect_entries(links.here, {"relative.h5", "absolute.h5"});
  expect_entries(links.there, {"data.h5", "other.h5"});
  EXPECT_TRUE(S_ISREG(status_of(links.there + "/data.h5").st_mode));
}

TEST(PathIsALink, ToALinkInADirectoryThatIsALink) {
  const Links links;
  links.link("../there", "disk");
  links.link("disk/second.h5", "first.h5");
  on_first_rank([&] { fs::create_symlink("data.h5", links.there + "/second.h5"); });
  write(links.here + "/first.h5");
  expect_entries(links.there, {"second.h5", "data.h5"});
  EXPECT_TRUE(S_ISREG(status_of(links.there + "/data.h5").st_mode));
  EXPECT_TRUE(S_ISLNK(status_of(links.there + "/second.h5").st_mode));
}

TEST(PathIsALink, InACircle) {
  const Links links;
  links.link("b.h5", "a.h5");
  links.link("a.h5", "b.h5");
  links.link("self.h5", "self.h5");
  for (const std::string name : {"a.h5", "self.h5"}) {
    for (const bool overwrite : {false, true}) {
      const std::string path = links.here + "/" + name;
      refuse(path, {ErrorCode::storage, {path, "link", "circle"}}, {.overwrite = overwrite});
    }
  }
  expect_entries(links.here, {"a.h5", "b.h5", "self.h5"});
}

TEST(PathIsALink, IntoADirectoryThatDoesNotExist) {
  const Links links;
  links.link("../missing/data.h5", "a.h5");
  refuse(links.here + "/a.h5",
         {ErrorCode::storage, {links.here + "/a.h5", "../missing", "is a link to", "create it first"}});
  expect_entries(links.here, {"a.h5"});
}

TEST(PathIsALink, ToADirectory) {
  const Links links;
  links.link("../there", "a.h5");
  refuse(links.here + "/a.h5", {ErrorCode::storage, {"is a directory"}}, {.overwrite = true});
}

/// "latest.h5" is set to the next run while this one still writes.
TEST(PathIsALink, ThatIsChangedWhileTheFileIsWritten) {
  const Links links;
  links.link("../there/1.h5", "latest.h5");
  SmallFile file(links.here + "/latest.h5");
  file.commit();
  on_first_rank([&] {
    std::ofstream(links.there + "/2.h5") << "another one";
    fs::remove(links.here + "/latest.h5");
    fs::create_symlink("../there/2.h5", links.here + "/latest.h5");
  });
  file.commit();
  file.writer().close();
  if (has_python()) {
    EXPECT_EQ(SmallFile::steps_in(links.there + "/1.h5"), 2);
  }
  EXPECT_EQ(fs::file_size(links.there + "/2.h5"), 11u);
}

// Mode, group, hard links.

TEST(FileIsReplaced, ModeAndGroupStay) {
  const std::string path = fresh_directory() + "/file.h5";
  const bool is_root = ::geteuid() == 0;
  constexpr gid_t group = 12345;
  constexpr uid_t owner = 54321;
  for (const mode_t mode : {0600, 0640, 0664, 0755}) {
    on_first_rank([&] {
      std::ofstream(path) << "old";
      EXPECT_EQ(::chmod(path.c_str(), mode), 0);
      if (is_root) {
        EXPECT_EQ(::chown(path.c_str(), owner, group), 0);
      }
    });
    write(path, {.overwrite = true});
    const struct stat status = status_of(path);
    EXPECT_EQ(status.st_mode & 07777, mode);
    if (is_root) {
      EXPECT_EQ(status.st_gid, group);
      EXPECT_EQ(status.st_uid, owner);
    }
  }
}

/// One more user may read: u::rw-, u:54321:r--, g::---, m::r--, o::---, as Linux keeps it (posix_acl_xattr.h).
TEST(FileIsReplaced, AccessListStays) {
  const std::string path = fresh_directory() + "/file.h5";
  const unsigned char list[] = {2, 0,    0,    0,   1,   0,   6,  0, 255, 255, 255, 255, 2,   0,  4,
                                0, 0x31, 0xd4, 0,   0,   4,   0,  0, 0,   255, 255, 255, 255, 16, 0,
                                4, 0,    255,  255, 255, 255, 32, 0, 0,   0,   255, 255, 255, 255};
  int failed = 0;
  on_first_rank([&] {
    std::ofstream(path) << "old";
    failed = ::setxattr(path.c_str(), "system.posix_acl_access", list, sizeof list, 0);
  });
  MPI_Bcast(&failed, 1, MPI_INT, 0, MPI_COMM_WORLD);
  if (failed != 0) GTEST_SKIP() << "this file system has no access lists";
  write(path, {.overwrite = true});
  unsigned char found[sizeof list + 8] = {};
  EXPECT_EQ(::getxattr(path.c_str(), "system.posix_acl_access", found, sizeof found),
            static_cast<ssize_t>(sizeof list));
  EXPECT_EQ(std::memcmp(found, list, sizeof list), 0);
}

TEST(FileIsReplaced, OtherHardLinks) {
  const std::string directory = fresh_directory();
  on_first_rank([&] {
    std::ofstream(directory + "/file.h5") << "old";
    fs::create_hard_link(directory + "/file.h5", directory + "/kept.h5");
  });
  write(directory + "/file.h5", {.overwrite = true});
  // The direct engine replaces a name, stock HDF5 writes into the file.
  EXPECT_EQ(fs::file_size(directory + "/kept.h5") == 3u, !is_collective());
}

TEST(FileIsNew, TheUmaskAndTheDirectoriesGroupCount) {
  const std::string directory = fresh_directory();
  const bool is_root = ::geteuid() == 0;
  constexpr gid_t group = 12345;
  on_first_rank([&] {
    if (is_root) {
      EXPECT_EQ(::chown(directory.c_str(), static_cast<uid_t>(-1), group), 0);
    }
    EXPECT_EQ(::chmod(directory.c_str(), 02777), 0);
  });
  const mode_t before = ::umask(027);
  write(directory + "/file.h5");
  ::umask(before);
  EXPECT_EQ(status_of(directory + "/file.h5").st_mode & 07777, mode_t{0640});
  if (is_root) {
    EXPECT_EQ(status_of(directory + "/file.h5").st_gid, group);
  }
}

// Names.

TEST(PathIsLong, NamesOfEveryLength) {
  const std::string directory = fresh_directory();
  for (const std::size_t size : {100u, 241u, 242u, 254u, 255u}) {
    const std::string path = directory + "/" + std::string(size, 'x');
    if (is_collective() && path.size() > 220) {
      // What MPI-IO cannot, it says; the file's content is not asked for in Python, whose script would be longer still.
      const auto thrown = thrown_by([&] { SmallFile(path).writer().close(); });
      if (thrown.code != 0)
        expect_same_error(thrown, {ErrorCode::storage, {"too long for this MPI", "Engine::direct"}});
      continue;
    }
    SmallFile file(path);
    file.commit();
    file.writer().close();
    expect_entries(directory, {std::string(size, 'x')});
    on_first_rank([&] { fs::rename(path, directory + "/short.h5"); });
    if (has_python()) {
      EXPECT_EQ(SmallFile::steps_in(directory + "/short.h5"), 1);
    }
    on_first_rank([&] { fs::remove(directory + "/short.h5"); });
  }
  refuse(directory + "/" + std::string(256, 'x'), {ErrorCode::storage, {"too long", "255"}});
  expect_entries(directory, {});
}

TEST(PathHasANul, WhereTheSystemWouldCutItOff) {
  const std::string directory = fresh_directory();
  for (const bool overwrite : {false, true}) {
    refuse(directory + "/file.h5" + std::string("\0.tmp", 5), {ErrorCode::invalid_argument, {"file.h5'", "NUL"}},
           {.overwrite = overwrite});
  }
  expect_entries(directory, {});
}

// What is no regular file.

TEST(PathIsNoRegularFile, IsRefused) {
  const std::string directory = fresh_directory();
  int devices = 0;
  on_first_rank([&] {
    EXPECT_EQ(::mkfifo((directory + "/fifo").c_str(), 0600), 0);
    const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const fs::path before = fs::current_path();
    fs::current_path(directory);  // the address is short
    std::strcpy(address.sun_path, "socket");
    EXPECT_EQ(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    fs::current_path(before);
    ::close(listener);
    devices = ::mknod((directory + "/device").c_str(), S_IFCHR | 0600, makedev(1, 3)) == 0 ? 1 : 0;
    fs::create_symlink("fifo", directory + "/link");
  });
  MPI_Bcast(&devices, 1, MPI_INT, 0, MPI_COMM_WORLD);
  if (devices == 0) std::printf("devices are left out: only root makes them\n");
  const std::pair<std::string, std::string> kinds[] = {{"fifo", "is a FIFO"},
                                                       {"socket", "is a socket"},
                                                       {"link", "is a FIFO"},
                                                       {"device", "is a device"}};
  for (const auto& [name, words] : kinds) {
    if (name == "device" && devices == 0) continue;
    const mode_t before = status_of(directory + "/" + name).st_mode;
    for (const bool overwrite : {false, true}) {
      refuse(directory + "/" + name, {ErrorCode::storage, {directory + "/" + name, words, "regular file"}},
             {.overwrite = overwrite});
    }
    EXPECT_EQ(status_of(directory + "/" + name).st_mode, before);
  }
}

// The name of a file that is not finished.

/// Process numbers come again: in every container they begin with 1. What others left is left to them.
TEST(UnfinishedName, IsNobodyElses) {
  const std::string directory = fresh_directory();
  const std::string path = directory + "/file.h5";
  int process = static_cast<int>(::getpid());
  MPI_Bcast(&process, 1, MPI_INT, 0, MPI_COMM_WORLD);
  const std::string old = "file.h5.tessera-" + std::to_string(process);
  on_first_rank([&] { std::ofstream(directory + "/" + old) << "not ours"; });
  write(path);
  expect_entries(directory, {"file.h5", old});
  EXPECT_EQ(fs::file_size(directory + "/" + old), 8u);
}

}  // namespace
