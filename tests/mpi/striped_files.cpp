#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "fake_lustre.hpp"
#include "support/outside.hpp"
#include "support/test_file.hpp"

/// \file
/// Files on Lustre and GPFS, as far as that can be shown without either: statfs() says that they lie there, and another
/// library plays Lustre's.

using namespace tessera_test;
using tessera::ErrorCode;
using tessera::Index;

namespace {

/// What statfs() tells; 0: the truth.
long told_type = 0;
long told_block = 4096;
int asked = 0;             ///< how often statfs() or fstatfs() was called, or stat() of what is watched
std::string watched = {};  ///< the path of a directory; empty: nothing is

constexpr long lustre_type = 0x0BD00BD0;
constexpr long gpfs_type = 0x47504653;

/// While it lives, all files lie on such a file system.
struct Told {
  explicit Told(long type, long block = 4096) {
    told_type = type;
    told_block = block;
  }
  ~Told() { told_type = 0; }
  Told(const Told&) = delete;
  Told& operator=(const Told&) = delete;
};

FakeLustre& lustre() {
  static void* const library = ::dlopen(TESSERA_TEST_FAKE_LUSTRE, RTLD_NOW);
  static FakeLustre none;
  void* found = library != nullptr ? ::dlsym(library, "fake_lustre") : nullptr;
  return found != nullptr ? *static_cast<FakeLustre*>(found) : none;
}

/// So many steps from one on. \returns what Writer::explain says then
std::string after_steps(TestFile& file, TestRun&& run, int begin, int steps) {
  const Index shape{24, 10, 10};
  const auto field = run.field<double>("field", tessera::Grid{shape});
  for (int n = begin; n < begin + steps; ++n) {
    auto step = run.step(n);
    step.put(field, slabs(shape, file.size()));
    step.commit();
  }
  return file.raw().explain();
}

/// Writes a file there. \returns what Writer::explain says of it
std::string explained(const std::string& suffix) {
  TestFile file({}, suffix);
  file.expected().depends_on_rank_count = true;
  std::string text = after_steps(file, file.run("run"), 0, 6);
  file.close();
  return text;
}

/// Goes on with a file by a step. \returns the same
std::string explained_again(TestFile& file, int begin) {
  file.reopen();
  std::string text = after_steps(file, file.resume("run"), begin, 1);
  file.close();
  return text;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Striping, OfSeveralRanksWhereTheDirectoryHasOneStripe) {
  const Told told(lustre_type);
  for (const std::uint64_t of_directory : {std::uint64_t{1}, std::uint64_t{0x1000000000000002}}) {
    lustre() = {.expected_count = of_directory};
    const std::string text = explained("_" + std::to_string(of_directory));
    const auto stripes = static_cast<std::uint64_t>(world_size());
    const std::string expected = is_collective() ? "asked for " + std::to_string(stripes) + " stripes"
                                                 : "on Lustre, over " + std::to_string(stripes) + " stripes";
    EXPECT_EQ(has(text, expected), stripes > 1) << text;
    if (world_rank() != 0 || is_collective()) continue;  // MPI-IO does as it likes
    EXPECT_EQ(lustre().created, stripes > 1 ? 1 : 0);
    EXPECT_EQ(lustre().count, stripes > 1 ? stripes : 0);
    EXPECT_EQ(lustre().bytes, stripes > 1 ? 4u << 20 : 0u);
    EXPECT_EQ(lustre().layouts, 0);
  }
}

/// The file that is replaced has stripes of its own, which say nothing of the next one.
TEST(Striping, IsAskedOfTheDirectoryWhereAFileIsReplaced) {
  const Told told(lustre_type);
  lustre() = {};
  const std::string path = fresh_directory() + "/again.h5";
  for (int job = 0; job < 3; ++job) {
    tessera::Writer writer(MPI_COMM_WORLD, path, {.overwrite = true});
    EXPECT_EQ(has(writer.explain(), " stripes"), world_size() > 1) << "job " << job;
    writer.close();
  }
  EXPECT_EQ(lustre().asked_of_files, 0);
}

/// As where a pool has not as many targets.
TEST(Striping, OfWhichTheFileSystemWillNotHaveAnyIsNoError) {
  const Told told(lustre_type);
  lustre() = {.can_create = false};
  explained("");
  EXPECT_EQ(lustre().created, 0);
}

TEST(Striping, IsLeftToADirectoryThatSaysMore) {
  const Told told(lustre_type);
  int number = 0;
  for (const FakeLustre& said : {FakeLustre{.expected_count = 2}, FakeLustre{.is_composite = true},
                                 FakeLustre{.expected_count = 0x1000000000000003}, FakeLustre{.is_known = false}}) {
    lustre() = said;
    EXPECT_FALSE(has(explained("_" + std::to_string(++number)), "stripes"));
    EXPECT_EQ(lustre().created, 0);
  }
}

TEST(Striping, IsNotOfOtherFileSystems) {
  lustre() = {};
  EXPECT_FALSE(has(explained(""), "stripes"));
  EXPECT_EQ(lustre().created, 0);
}

TEST(Striping, AsTheEnvironmentSays) {
  const Told told(lustre_type);
  lustre() = {.expected_count = 2};
  setenv("TESSERA_STRIPES", "7", 1);
  EXPECT_TRUE(has(explained("_seven"), "7 stripes"));
  if (world_rank() == 0 && !is_collective()) {
    EXPECT_EQ(lustre().count, 7u);
  }
  lustre() = {};
  setenv("TESSERA_STRIPES", "0", 1);
  EXPECT_FALSE(has(explained("_none"), "stripes"));
  EXPECT_EQ(lustre().created, 0);
  for (const char* value : {"-1", "2001", "many", "4x"}) {
    setenv("TESSERA_STRIPES", value, 1);
    expect_error({ErrorCode::invalid_argument,
                  {"TESSERA_STRIPES is '" + std::string(value) + "'", "a number from 0 to 2000"},
                  {0}},
                 [&] { const tessera::Writer writer(MPI_COMM_WORLD, fresh_directory() + "/none.h5"); });
  }
  unsetenv("TESSERA_STRIPES");
}

/// Jobs that go on with a file ask for no stripes, and are told where others are asked for than it has.
TEST(Striping, IsKeptByAFileThatIsGoneOnWith) {
  if (is_collective()) GTEST_SKIP() << "the collective engine does not go on with files";
  const Told told(lustre_type);
  lustre() = {};
  const std::string kept = "on Lustre, over 3 stripes, space of ranks begins at multiples of 4 MiB";
  setenv("TESSERA_STRIPES", "3", 1);
  TestFile file;
  file.expected().depends_on_rank_count = true;
  EXPECT_TRUE(has(after_steps(file, file.run("run"), 0, 1), kept));
  file.close();
  int step = 0;
  for (const char* asked_for : {"", "0", "5"}) {
    setenv("TESSERA_STRIPES", asked_for, 1);
    const std::string text = explained_again(file, ++step);
    EXPECT_TRUE(has(text, kept)) << text;
    const bool warns = world_rank() == 0 && std::string(asked_for) == "5";
    EXPECT_EQ(has(text, "keeps the 3 stripes that it was created with; for the 5 that TESSERA_STRIPES asks for"), warns)
        << text;
    EXPECT_EQ(has(text, "warning"), warns) << text;
  }
  setenv("TESSERA_STRIPES", "many", 1);
  expect_error({ErrorCode::invalid_argument, {"cannot be continued", "TESSERA_STRIPES is 'many'"}, {0}},
               [&] { file.reopen(); });
  unsetenv("TESSERA_STRIPES");
  EXPECT_EQ(lustre().created, world_rank() == 0 ? 1 : 0);
  EXPECT_EQ(lustre().layouts, 0);
}

/// A metadata server is asked by one rank.
TEST(FileSystem, IsAskedForByOneRank) {
  watched = fresh_directory();
  const std::string path = watched + "/asked.h5";
  for (const tessera::OpenMode mode : {tessera::OpenMode::create, tessera::OpenMode::append}) {
    if (mode == tessera::OpenMode::append && is_collective()) break;
    const int before = asked;
    tessera::Writer writer(MPI_COMM_WORLD, path, {.open = mode});
    auto step = writer.run("run").step(mode == tessera::OpenMode::create ? 0 : 1);
    step.scalar("number", 1);
    step.commit();
    EXPECT_FALSE(has(writer.explain(), "a file system that tells nothing"));
    writer.close();
    if (world_rank() == 0) {
      EXPECT_GT(asked, before);
    } else if (!is_collective()) {  // MPI-IO asks on each
      EXPECT_EQ(asked, before);
    }
  }
  watched.clear();
}

TEST(Blocks, AreThoseOfAFileThatIsGoneOnWith) {
  if (is_collective()) GTEST_SKIP() << "the collective engine does not go on with files";
  const Told told(gpfs_type, 1 << 20);
  TestFile file;
  file.expected().depends_on_rank_count = true;
  const std::string blocks = "on GPFS, space of ranks begins at multiples of 1 MiB";
  EXPECT_TRUE(has(after_steps(file, file.run("run"), 0, 1), blocks));
  file.close();
  EXPECT_TRUE(has(explained_again(file, 1), blocks));
}

/// From the sixth step on each rank's space begins and ends at blocks, so that no two ranks write to one.
TEST(Blocks, AreOneRanksAlone) {
  if (is_collective()) GTEST_SKIP() << "HDF5 gives out the space";
  constexpr long block = 16 << 10;
  const Told told(gpfs_type, block);
  TestFile file;
  file.expected().depends_on_rank_count = true;
  auto run = file.run("run");
  const Index shape{256, 64, 64};  // 8 MiB, of which each of four ranks has 128 blocks
  const auto field =
      run.field<double>("field", tessera::Grid{shape}, {.chunk = {4, 64, 64}, .codec = tessera::Codec::none()});
  constexpr int steps = 10;
  for (int n = 0; n < steps; ++n) {
    auto step = run.step(n);
    step.put(field, slabs(shape, file.size()));
    n % 2 == 0 ? step.commit() : step.commit_async();
  }
  EXPECT_TRUE(has(file.raw().explain(), "on GPFS, space of ranks begins at multiples of 16 KiB"))
      << file.raw().explain();
  file.close();
  if (!has_python()) GTEST_SKIP() << "no Python with h5py";
  const std::string program =
      "ranks, block, steps = " + std::to_string(file.size()) + ", " + std::to_string(block) + ", " +
      std::to_string(steps) +
      "\n"
      "field = h5py.File(sys.argv[1])['run/field'].id\n"
      "of_block, shared = {}, 0\n"
      "for number in range(field.get_num_chunks()):\n"
      "    chunk = field.get_chunk_info(number)\n"
      "    if chunk.chunk_offset[0] < steps - 3: continue\n"
      "    rank = chunk.chunk_offset[1] * ranks // 256\n"
      "    for touched in range(chunk.byte_offset // block, (chunk.byte_offset + chunk.size - 1) // block + 1):\n"
      "        shared += of_block.setdefault(touched, rank) != rank\n"
      "print(len(of_block) > 0, shared)";
  EXPECT_EQ(python(program, file.path()), "True 0");
}

}  // namespace

namespace {

template <class Place>
int ask(const char* call, Place place, struct statfs* status) {
  ++asked;
  auto* const system = reinterpret_cast<int (*)(Place, struct statfs*)>(::dlsym(RTLD_NEXT, call));
  const int result = system(place, status);
  if (result != 0 || told_type == 0) return result;
  status->f_type = told_type;
  status->f_bsize = told_block;
  return result;
}

}  // namespace

// They stand before those of the system.
extern "C" {
int fstatfs(int descriptor, struct statfs* status) noexcept { return ask("fstatfs", descriptor, status); }
int statfs(const char* path, struct statfs* status) noexcept { return ask("statfs", path, status); }
int stat(const char* path, struct stat* status) noexcept {
  if (!watched.empty() && std::string_view(path).starts_with(watched)) ++asked;
  auto* const system = reinterpret_cast<int (*)(const char*, struct stat*)>(::dlsym(RTLD_NEXT, "stat"));
  return system(path, status);
}
}
