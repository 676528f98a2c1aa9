#include "hdf5/tree_set.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "hdf5/check.hpp"
#include "memory_file.hpp"
#include "schema/layout.hpp"

namespace tessera::hdf5 {
namespace {

using std::chrono::milliseconds;

schema::Field field() {
  schema::Field result;
  result.name = "f";
  result.path = "/r/f";
  result.axes = schema::axes_of({{4, 4}}, Location::point);
  result.codec = Codec::none();
  result.chunk = {4, 4};
  return result;
}

/// One step: a chunk of 16 doubles whose values are the step's number, and its time.
Record record_of(TreeSet& trees, storage::File& file, std::int64_t number) {
  Record record;
  if (number == 0) {
    const schema::Run run{"r", "/r", {}};
    for (const auto& part : {schema::create_run(run, {{"p", 1}}), schema::create_time(run, 0, 0, 512),
                             schema::create_axis("/r", field().axes[0], 1),
                             schema::create_axis("/r", field().axes[1], 2), schema::create_field("/r", field(), 0)}) {
      record.definitions.insert(record.definitions.end(), part.begin(), part.end());
    }
  }
  record.begin = {schema::SetLength{"/r/time", number + 1}, schema::SetLength{"/r/f", number + 1}};
  record.finish = {schema::WriteValues{"/r/time", number, {static_cast<double>(number)}}};
  const std::vector<double> values(16, static_cast<double>(number));
  const std::uint64_t address = trees.end();
  file.write(address, std::as_bytes(std::span(values)));
  trees.reserve(128);
  record.chunks = {{"/r/f", number, {4, 4}, {1, 1}, false, {{0, address, 128, 0}}}};
  return record;
}

/// The steps that are found in an open file, all of them checked; -1 where something is wrong.
int steps_in(const Handle& opened) {
  const Quiet quiet;
  if (opened.get() < 0) return -1;
  const htri_t exists = H5Lexists(opened.get(), "r", H5P_DEFAULT);
  if (exists <= 0) return exists < 0 ? -1 : 0;
  const Handle dataset(H5Dopen2(opened.get(), "/r/f", H5P_DEFAULT), H5Dclose);
  const Handle space(H5Dget_space(dataset.get()), H5Sclose);
  hsize_t shape[3] = {0, 0, 0};
  H5Sget_simple_extent_dims(space.get(), shape, nullptr);
  std::vector<double> values(shape[0] * 16);
  if (H5Dread(dataset.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0) return -1;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] != static_cast<double>(i / 16)) return -1;
  }
  return static_cast<int>(shape[0]);
}

/// With stock HDF5.
int steps_in(const std::string& path) {
  const Quiet quiet;
  return steps_in(Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose));
}

int steps_in(const MemoryFile& file) {
  const std::string path = ::testing::TempDir() + "tree_set_test.h5";
  file.save(path);
  return steps_in(path);
}

TEST(TreeSetTest, IsAnEmptyHdf5FileFromTheStart) {
  MemoryFile file;
  const TreeSet trees(file, {});
  EXPECT_EQ(steps_in(file), 0);
}

TEST(TreeSetTest, EveryCommitIsReadableWhileTheTreesAreOpen) {
  MemoryFile file;
  TreeSet trees(file, {.grace = milliseconds(0)});
  for (int n = 0; n < 12; ++n) {
    trees.commit(record_of(trees, file, n));
    EXPECT_EQ(steps_in(file), n + 1);
  }
  EXPECT_EQ(trees.trees(), 2u);
  trees.close();
  EXPECT_EQ(steps_in(file), 12);
}

TEST(TreeSetTest, FastCommitsMakeMoreTreesUpToTheLimitThenWait) {
  MemoryFile file;
  TreeSet trees(file, {.grace = milliseconds(60), .max_trees = 3});
  const auto begin = TreeSet::Clock::now();
  for (int n = 0; n < 7; ++n) {
    trees.commit(record_of(trees, file, n));
    EXPECT_EQ(steps_in(file), n + 1);
  }
  EXPECT_EQ(trees.trees(), 3u);
  EXPECT_GE(TreeSet::Clock::now() - begin, milliseconds(100)) << "a tree was changed within its grace";
}

TEST(TreeSetTest, WithoutReadersTwoTreesSufficeAndNothingWaits) {
  MemoryFile file;
  file.readers = false;
  TreeSet trees(file, {.grace = std::chrono::minutes(1)});
  trees.expect_no_readers();
  for (int n = 0; n < 40; ++n) trees.commit(record_of(trees, file, n));
  EXPECT_EQ(trees.trees(), 2u);
  EXPECT_LE(trees.kept_records(), 2u);
  EXPECT_EQ(steps_in(file), 40);
}

TEST(TreeSetTest, AReaderIsGivenItsGraceAlsoInTreesThatArePublishedSoonAfterItWasSeen) {
  MemoryFile file;
  file.readers = false;
  TreeSet trees(file, {.grace = std::chrono::minutes(1)});
  trees.expect_no_readers();
  for (int n = 0; n < 4; ++n) trees.commit(record_of(trees, file, n));
  file.readers = true;
  trees.commit(record_of(trees, file, 4));
  file.readers = false;  // it opened the file, and may read the superblock a little later
  for (int n = 5; n < 9; ++n) trees.commit(record_of(trees, file, n));
  EXPECT_EQ(trees.trees(), 7u) << "a tree was changed in which the reader may be";
  EXPECT_EQ(steps_in(file), 9);
}

TEST(TreeSetTest, OnceTheReadersGraceIsOverTwoTreesSufficeAgainAndTheOthersAreGivenUp) {
  MemoryFile file;
  file.readers = false;
  TreeSet trees(file, {.grace = milliseconds(50), .log_bytes = 1});
  trees.expect_no_readers();
  trees.commit(record_of(trees, file, 0));
  file.readers = true;
  for (int n = 1; n < 6; ++n) trees.commit(record_of(trees, file, n));
  const std::size_t many = trees.trees();
  EXPECT_GT(many, 3u);
  file.readers = false;
  std::this_thread::sleep_for(milliseconds(60));
  for (int n = 6; n < 40; ++n) trees.commit(record_of(trees, file, n));
  EXPECT_LT(trees.trees(), many);
  EXPECT_EQ(steps_in(file), 40);
}

/// Readers come and go all the time, but between two commits there is a moment without.
TEST(TreeSetTest, WhereNobodyHasTheFileOpenTwoTreesSufficeAndNothingWaits) {
  MemoryFile file;
  file.alone = true;
  TreeSet trees(file, {.grace = std::chrono::minutes(1)});
  for (int n = 0; n < 40; ++n) trees.commit(record_of(trees, file, n));
  EXPECT_EQ(trees.trees(), 2u);
  EXPECT_EQ(steps_in(file), 40);
}

TEST(TreeSetTest, AMomentWithoutReadersFreesAllTreesButNoneThatIsReplacedLater) {
  MemoryFile file;
  TreeSet trees(file, {.grace = std::chrono::minutes(1)});
  for (int n = 0; n < 5; ++n) trees.commit(record_of(trees, file, n));
  EXPECT_EQ(trees.trees(), 6u);
  file.alone = true;
  trees.commit(record_of(trees, file, 5));
  file.alone = false;  // somebody opened it, and is in what is published now
  for (int n = 6; n < 9; ++n) trees.commit(record_of(trees, file, n));
  EXPECT_EQ(trees.trees(), 6u) << "trees that rest no longer were not used";
  for (int n = 9; n < 12; ++n) trees.commit(record_of(trees, file, n));
  EXPECT_EQ(trees.trees(), 8u) << "a tree was changed in which the reader may be";
  EXPECT_EQ(steps_in(file), 12);
}

/// A reader may stop at any line, also before it has read anything.
TEST(TreeSetTest, AReaderThatStopsBetweenOpenAndReadFindsAWholeTree) {
  const std::string path = ::testing::TempDir() + "tree_set_test_stopped.h5";
  std::filesystem::remove(path);
  const auto file = storage::create_file(path);
  TreeSet trees(*file, {.grace = std::chrono::minutes(1)});
  trees.expect_no_readers();
  for (int n = 0; n < 3; ++n) trees.commit(record_of(trees, *file, n));
  std::ifstream reader(path, std::ios::binary);
  std::vector<char> superblock(48);
  for (int n = 3; n < 6; ++n) trees.commit(record_of(trees, *file, n));
  const std::size_t before = trees.trees();
  EXPECT_GE(before, 4u) << "a tree was changed in which the reader may be";
  reader.read(superblock.data(), 48);
  for (int n = 6; n < 12; ++n) trees.commit(record_of(trees, *file, n));
  EXPECT_EQ(trees.trees(), before + 6) << "a tree was changed in which the reader may be";
  // What it finds behind the superblock that it has read.
  std::vector<char> rest(1 << 20);
  reader.read(rest.data(), static_cast<std::streamsize>(rest.size()));
  const std::string seen = path + ".seen";
  std::ofstream(seen, std::ios::binary)
      .write(superblock.data(), 48)
      .write(rest.data(), static_cast<std::streamsize>(rest.size()));
  std::filesystem::resize_file(seen, std::filesystem::file_size(path));
  EXPECT_EQ(steps_in(seen), 6);
  reader.close();
  trees.commit(record_of(trees, *file, 12));
  EXPECT_LE(trees.trees(), before + 7) << "after the reader has gone";
  EXPECT_EQ(steps_in(path), 13);
  std::filesystem::remove(seen);
  std::filesystem::remove(path);
}

TEST(TreeSetTest, ALaterTreeIsMadeWithoutTheHistory) {
  MemoryFile file;
  file.readers = false;
  TreeSet trees(file, {.grace = milliseconds(200), .log_bytes = 1});
  trees.expect_no_readers();
  for (int n = 0; n < 700; ++n) trees.commit(record_of(trees, file, n));
  EXPECT_EQ(trees.trees(), 2u);
  file.readers = true;
  for (int n = 700; n < 705; ++n) {
    trees.commit(record_of(trees, file, n));
    EXPECT_EQ(steps_in(file), n + 1);
  }
  EXPECT_GT(trees.trees(), 2u);
}

TEST(TreeSetTest, AReaderInsideSeesItsStepsWhileCommitsRushBy) {
  const std::string path = ::testing::TempDir() + "tree_set_test_reader.h5";
  std::filesystem::remove(path);
  const auto file = storage::create_file(path);
  TreeSet trees(*file, {.grace = std::chrono::minutes(1)});
  trees.expect_no_readers();
  for (int n = 0; n < 3; ++n) trees.commit(record_of(trees, *file, n));
  Handle reader(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  ASSERT_GE(reader.get(), 0);
  for (int n = 3; n < 20; ++n) trees.commit(record_of(trees, *file, n));
  EXPECT_EQ(steps_in(reader), 3);
  reader = Handle();  // HDF5 opens a file once in a process
  EXPECT_EQ(steps_in(path), 20);
}

TEST(TreeSetTest, ABlockOfThePublishedTreeIsNeverWrittenToAgain) {
  MemoryFile file;
  TreeSet trees(file, {.grace = milliseconds(0)});
  std::vector<std::vector<MemoryFile::Write>> commits;
  for (int n = 0; n < 10; ++n) {
    auto record = record_of(trees, file, n);
    file.writes.clear();
    trees.commit(std::move(record));
    commits.push_back(file.writes);
  }
  // With two trees in turn, commit n + 1 must not touch what commit n, n - 2, ... wrote.
  for (std::size_t n = 1; n < commits.size(); ++n) {
    for (std::size_t other = (n + 1) % 2; other < n; other += 2) {
      for (const auto& write : commits[n]) {
        for (const auto& old : commits[other]) {
          if (write.offset == 0) continue;
          EXPECT_FALSE(write.offset < old.offset + old.size && old.offset < write.offset + write.size);
        }
      }
    }
  }
}

TEST(TreeSetTest, TheFileIsNeverShorterThanTheEndThatTheSuperblockStates) {
  MemoryFile file;
  TreeSet trees(file, {.grace = milliseconds(0)});
  for (int n = 0; n < 5; ++n) {
    const std::uint64_t length_before = file.length;
    trees.commit(record_of(trees, file, n));
    std::uint64_t end = 0;
    std::memcpy(&end, file.bytes.data() + 28, 8);  // superblock version 3: end of file address
    EXPECT_LE(end, file.length);
    EXPECT_LE(end, length_before) << "a reader that asked for the length before this commit would find it truncated";
  }
  trees.close();
}

TEST(TreeSetTest, SuperblockIsOfVersionThreeWithoutStatusFlags) {
  MemoryFile file;
  TreeSet trees(file, {});
  trees.commit(record_of(trees, file, 0));
  EXPECT_EQ(std::to_integer<int>(file.bytes[8]), 3);
  EXPECT_EQ(std::to_integer<int>(file.bytes[11]), 0);
}

/// Chunks of a field without fill value are never filled, come one by one, and are stored whole at the edges; time is
/// the only unlimited axis, so the chunks' index is an extensible array.
TEST(TreeSetTest, FieldsAreStoredAsEveryReaderAndTheDriverWantThem) {
  MemoryFile file;
  TreeSet trees(file, {});
  trees.commit(record_of(trees, file, 0));
  const std::string path = ::testing::TempDir() + "tree_set_test_field.h5";
  file.save(path);
  const Handle opened(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  const Handle dataset(H5Dopen2(opened.get(), "/r/f", H5P_DEFAULT), H5Dclose);
  const Handle list(H5Dget_create_plist(dataset.get()), H5Pclose);
  H5D_fill_time_t fill = H5D_FILL_TIME_ERROR;
  H5D_alloc_time_t allocation = H5D_ALLOC_TIME_ERROR;
  unsigned options = ~0u;
  EXPECT_GE(H5Pget_fill_time(list.get(), &fill), 0);
  EXPECT_GE(H5Pget_alloc_time(list.get(), &allocation), 0);
  EXPECT_GE(H5Pget_chunk_opts(list.get(), &options), 0);
  EXPECT_EQ(fill, H5D_FILL_TIME_NEVER);
  EXPECT_EQ(allocation, H5D_ALLOC_TIME_INCR);
  EXPECT_EQ(options, 0u);
  const Handle shape(H5Dget_space(dataset.get()), H5Sclose);
  hsize_t most[3] = {0, 0, 0};
  ASSERT_EQ(H5Sget_simple_extent_dims(shape.get(), nullptr, most), 3);
  EXPECT_EQ(most[0], H5S_UNLIMITED);
  EXPECT_EQ(most[1], 4u);
  EXPECT_EQ(most[2], 4u);
  std::filesystem::remove(path);
}

/// What another part of a program may do between two commits, and with the identifiers that HDF5 hands out afterwards.
void expect_to_survive(const std::function<void()>& act) {
  MemoryFile file;
  TreeSet trees(file, {.grace = milliseconds(0)});
  const std::string path = ::testing::TempDir() + "tree_set_test_other.h5";
  for (int n = 0; n < 12; ++n) {
    if (n % 3 != 1) act();
    // Objects of somebody else, whose identifiers may be the numbers that the trees had.
    const Handle other(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose);
    const hsize_t length = 3;
    const Handle line(H5Screate_simple(1, &length, nullptr), H5Sclose);
    std::vector<Handle> others;
    for (int i = 0; i < 40; ++i) {
      others.emplace_back(H5Dcreate2(other.get(), std::to_string(i).c_str(), H5T_NATIVE_INT, line.get(), H5P_DEFAULT,
                                     H5P_DEFAULT, H5P_DEFAULT),
                          H5Dclose);
    }
    trees.commit(record_of(trees, file, n));
    EXPECT_EQ(steps_in(file), n + 1);
    for (const Handle& one : others) EXPECT_EQ(H5Iget_type(one.get()), H5I_DATASET) << "somebody else's was closed";
  }
  act();
  trees.close();
  EXPECT_EQ(steps_in(file), 12);
  std::filesystem::remove(path);
}

TEST(TreeSetTest, SurvivesThatAnotherPartOfTheProgramEndsHdf5) {
  expect_to_survive([] { H5close(); });
}

TEST(TreeSetTest, SurvivesThatAnotherPartOfTheProgramClosesAllThatIsOpen) {
  expect_to_survive([] {
    const Quiet quiet;
    std::vector<hid_t> open(static_cast<std::size_t>(H5Fget_obj_count(H5F_OBJ_ALL, H5F_OBJ_ALL)));
    H5Fget_obj_ids(H5F_OBJ_ALL, H5F_OBJ_ALL, open.size(), open.data());
    for (const hid_t id : open) H5Idec_ref(id);
  });
}

TEST(TreeSetTest, SurvivesThatAnotherPartOfTheProgramClosesAllDatasets) {
  expect_to_survive([] {
    const Quiet quiet;  // there may be none
    std::vector<hid_t> open(static_cast<std::size_t>(H5Fget_obj_count(H5F_OBJ_ALL, H5F_OBJ_DATASET)));
    H5Fget_obj_ids(H5F_OBJ_ALL, H5F_OBJ_DATASET, open.size(), open.data());
    for (const hid_t id : open) H5Idec_ref(id);
  });
}

TEST(TreeSetTest, SurvivesGarbageCollection) {
  expect_to_survive([] { H5garbage_collect(); });
}

TEST(TreeSetTest, ATreeThatIsBeingCopiedIsGivenUpWhereHdf5IsEnded) {
  MemoryFile file;
  TreeSet trees(file, {.grace = milliseconds(2), .max_trees = 5});
  for (int n = 0; n < 200; ++n) {
    trees.commit(record_of(trees, file, n));
    if (n % 7 == 0) H5close();
  }
  EXPECT_EQ(steps_in(file), 200);
}

/// Times of creation in some object would make each file another one.
TEST(TreeSetTest, EqualRecordsMakeEqualFiles) {
#if H5_VERSION_GE(2, 0, 0)
  GTEST_SKIP() << "HDF5 2.x writes the time of creation into the superblock's extension, and lets nobody forbid it";
#endif
  std::vector<std::vector<std::byte>> contents;
  for (int i = 0; i < 2; ++i) {
    if (i > 0) std::this_thread::sleep_for(milliseconds(1100));
    MemoryFile file;
    file.readers = false;
    TreeSet trees(file, {});
    trees.expect_no_readers();
    for (int n = 0; n < 3; ++n) trees.commit(record_of(trees, file, n));
    trees.close();
    contents.push_back(file.content());
  }
  EXPECT_TRUE(contents[0] == contents[1]);
}

/// Groups that are no longer written to keep neither objects of HDF5 open nor memory.
TEST(TreeSetTest, DatasetsThatAreNotInUseAreClosed) {
  MemoryFile file;
  file.readers = false;
  TreeSet trees(file, {});
  trees.expect_no_readers();
  const auto open = [] { return H5Fget_obj_count(H5F_OBJ_ALL, H5F_OBJ_DATASET); };
  ssize_t most = 0;
  for (int run = 0; run < 60; ++run) {
    Record record;
    const schema::Run description{"r" + std::to_string(run), "/r" + std::to_string(run), {}};
    for (const auto& part : {schema::create_run(description, {}), schema::create_time(description, 0, run, 512)}) {
      record.definitions.insert(record.definitions.end(), part.begin(), part.end());
    }
    record.begin = {{description.path + "/time", 1}};
    record.finish = {{description.path + "/time", 0, {0.5}}};
    trees.commit(std::move(record));
    if (run == 30) most = open();
  }
  EXPECT_LE(open(), most);
  EXPECT_LE(most, 40);
}

TEST(TreeSetTest, PowerSafeSyncsBeforeAndAfterEachSuperblockWrite) {
  MemoryFile file;
  TreeSet trees(file, {.grace = milliseconds(0), .power_safe = true});
  file.syncs.clear();
  trees.commit(record_of(trees, file, 0));
  const auto is_superblock = [](const MemoryFile::Write& write) { return write.offset == 0; };
  const auto last = std::find_if(file.writes.rbegin(), file.writes.rend(), is_superblock);
  const auto before = static_cast<std::size_t>(file.writes.rend() - last) - 1;
  EXPECT_EQ(file.syncs, (std::vector<std::size_t>{before, before + 1}));
}

TEST(TreeSetTest, ACommitThatFailsLeavesTheFileAndALaterOneSucceeds) {
  MemoryFile file;
  TreeSet trees(file, {.grace = milliseconds(0)});
  trees.commit(record_of(trees, file, 0));
  trees.commit(record_of(trees, file, 1));
  const std::uint64_t end = trees.end();
  auto record = record_of(trees, file, 2);
  file.fails = true;
  EXPECT_THROW(trees.commit(std::move(record)), Error);
  file.fails = false;
  EXPECT_EQ(trees.end(), end);
  EXPECT_EQ(steps_in(file), 2);
  ASSERT_TRUE(trees.usable());
  trees.commit(record_of(trees, file, 2));
  EXPECT_EQ(steps_in(file), 3);
}

TEST(TreeSetTest, CloseCutsOffWhatTheFileIsLongerThanItsContent) {
  MemoryFile file;
  TreeSet trees(file, {});
  trees.commit(record_of(trees, file, 0));
  EXPECT_GT(file.length, 1u << 20);
  trees.close();
  EXPECT_LT(file.length, 1u << 20);
  EXPECT_EQ(steps_in(file), 1);
}

/// A real file with a hole: chunks and metadata lie behind 2^31, 2^32 and 2^33 bytes.
TEST(TreeSetTest, AddressesGoBeyond32Bits) {
  const std::string path = ::testing::TempDir() + "tree_set_test.large.h5";
  std::filesystem::remove(path);
  const auto file = storage::create_file(path);
  TreeSet trees(*file, {.grace = milliseconds(0)});
  for (int n = 0; n < 5; ++n) {
    trees.reserve((std::uint64_t{1} << 31) - 100);
    trees.commit(record_of(trees, *file, n));
    EXPECT_EQ(steps_in(path), n + 1);
  }
  trees.close();
  EXPECT_EQ(steps_in(path), 5);
  EXPECT_GT(std::filesystem::file_size(path), std::uint64_t{5} << 31);
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace tessera::hdf5
