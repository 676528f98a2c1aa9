#include "hdf5/tree_copy.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>

#include "hdf5/check.hpp"
#include "hdf5/replay.hpp"
#include "memory_file.hpp"
#include "schema/layout.hpp"

namespace tessera::hdf5 {
namespace {

/// A tree with steps of a field of 2 x 3 chunks, one of which is missing in odd steps and one stored without its
/// filter, two static fields, `time` of several chunks, and a series that begins late.
struct TreeCopyTest : ::testing::Test {
  static constexpr int steps = 1100;

  Quiet quiet;
  MemoryFile file;
  Space space;
  History history;
  RunSharing runs;
  std::unique_ptr<Member> source = std::make_unique<Member>(file, space);

  static schema::Field field(const char* name, bool time_dependent) {
    schema::Field result;
    result.name = name;
    result.path = std::string("/r/") + name;
    result.axes = schema::axes_of({{8, 9}}, Location::point);
    result.time_dependent = time_dependent;
    result.codec = Codec::deflate(1);
    result.chunk = {4, 3};
    result.fill.emplace(8);
    return result;
  }

  PlacedChunks chunks_of(const char* name, std::optional<std::int64_t> step, int number) {
    PlacedChunks set{std::string("/r/") + name, step, {4, 3}, {2, 3}, false, {}};
    for (std::uint64_t index = 0; index < 6; ++index) {
      if (number % 2 == 1 && index == 4) continue;
      const auto size = static_cast<std::uint32_t>(30 + number % 50 + static_cast<int>(index));
      set.chunks.push_back({index, space.allocate(size), size, index == 2 || index == 5 ? 3u : 0u});
    }
    return set;
  }

  /// In 8 x 9 chunks, which are registered one by one: its index is a fixed array.
  static schema::Field wide_field() {
    schema::Field result = field("w", false);
    result.chunk = {1, 1};
    return result;
  }

  PlacedChunks wide_chunks() {
    PlacedChunks set{"/r/w", {}, {1, 1}, {8, 9}, false, {}};
    for (std::uint64_t index = 0; index < 72; ++index) set.chunks.push_back({index, space.allocate(9), 9, 0});
    return set;
  }

  /// A field in one chunk, which has an index of its own kind.
  static schema::Field small_field() {
    schema::Field result = field("one", false);
    result.chunk = {8, 9};
    return result;
  }

  void add(int number) {
    Record record;
    const auto define = [&](const schema::Operations& part) {
      record.definitions.insert(record.definitions.end(), part.begin(), part.end());
    };
    if (number == 0) {
      const schema::Run run{"r", "/r", {}};
      define(schema::create_run(run, {{"p", 1}}));
      define(schema::create_time(run, 0, 0, 512));
      for (std::size_t axis = 0; axis < 2; ++axis) {
        define(schema::create_axis("/r", field("f", true).axes[axis], 1 + static_cast<std::int32_t>(axis)));
      }
      define(schema::create_field("/r", field("f", true), 0));
      define(schema::create_field("/r", field("s", false), 0));
      define(schema::create_field("/r", small_field(), 0));
      define(schema::create_field("/r", wide_field(), 0));
      record.chunks.push_back(wide_chunks());
      record.chunks.push_back({"/r/one", {}, {8, 9}, {1, 1}, false, {{0, space.allocate(50), 50, 0}}});
      record.chunks.push_back(chunks_of("s", {}, 0));
    }
    if (number == 700) define(schema::create_scalar("/r", "late", {}, number, 512));
    record.begin = {schema::SetLength{"/r/time", number + 1}, schema::SetLength{"/r/f", number + 1}};
    record.finish = {schema::WriteValues{"/r/time", number, {0.5 * number}}};
    if (number >= 700) {
      record.begin.push_back(schema::SetLength{"/r/late", number + 1});
      if (number % 3 == 0) record.finish.push_back(schema::WriteValues{"/r/late", number, {1.0 * number}});
    }
    record.chunks.push_back(chunks_of("f", number, number));
    runs.add(Changes(record));
    history.push(std::move(record));
  }

  void publish(Member& member) {
    ASSERT_GE(H5Fflush(member.tree.file(), H5F_SCOPE_GLOBAL), 0);
    member.driver.emit();
    member.driver.publish();
    member.driver.set_writable(false);
    EXPECT_FALSE(member.driver.take_failure());
  }

  /// All that stock HDF5 finds in each dataset, as text.
  std::map<std::string, std::string> content() {
    const std::string path = ::testing::TempDir() + "tree_copy_test." + std::to_string(::getpid()) + ".h5";
    file.save(path);
    const Handle opened(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    std::map<std::string, std::string> all;
    for (const char* name : {"f", "s", "one", "w"}) {
      std::string& text = all[name];
      const Handle dataset(H5Dopen2(opened.get(), (std::string("/r/") + name).c_str(), H5P_DEFAULT), H5Dclose);
      const Handle shape(H5Dget_space(dataset.get()), H5Sclose);
      text += std::to_string(H5Sget_simple_extent_npoints(shape.get())) + " points, ";
      hsize_t count = 0;
      EXPECT_GE(H5Dget_num_chunks(dataset.get(), shape.get(), &count), 0);
      text += std::to_string(count) + " chunks:";
      for (hsize_t i = 0; i < count; ++i) {
        // Not all of them: HDF5 walks the index from the start each time.
        if (i % (1 + count / 200) != 0 && i + 1 != count) continue;
        hsize_t offset[3] = {0, 0, 0};
        unsigned mask = 0;
        haddr_t address = 0;
        hsize_t size = 0;
        EXPECT_GE(H5Dget_chunk_info(dataset.get(), shape.get(), i, offset, &mask, &address, &size), 0);
        for (const auto number : {offset[0], offset[1], offset[2], hsize_t{mask}, hsize_t{address}, size}) {
          text += " " + std::to_string(number);
        }
        text += ";";
      }
    }
    for (const char* name : {"/r/time", "/r/late", "/r/y", "/r/x"}) {
      std::string& text = all[name];
      if (H5Lexists(opened.get(), name, H5P_DEFAULT) <= 0) continue;
      const Handle dataset(H5Dopen2(opened.get(), name, H5P_DEFAULT), H5Dclose);
      const Handle shape(H5Dget_space(dataset.get()), H5Sclose);
      std::vector<double> values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(shape.get())));
      EXPECT_GE(H5Dread(dataset.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), 0);
      for (const double value : values) text += " " + std::to_string(value);
    }
    return all;
  }

  static void expect_same(const std::map<std::string, std::string>& a, const std::map<std::string, std::string>& b) {
    for (const auto& [name, text] : a) EXPECT_TRUE(text == b.at(name)) << name;
  }

  void TearDown() override { source->driver.retire(); }
};

constexpr auto no_limit = Member::Clock::time_point::max();

TEST_F(TreeCopyTest, HasTheSameContent) {
  for (int n = 0; n < steps; ++n) add(n);
  replay(history, *source);
  publish(*source);
  const auto before = content();
  TreeCopy copy(file, space, runs, *source);
  EXPECT_TRUE(copy.advance(*source, no_limit));
  auto member = copy.take();
  publish(*member);
  expect_same(content(), before);
  EXPECT_EQ(member->applied, source->applied);
  retire(std::move(member));
}

TEST_F(TreeCopyTest, OfAnEmptyTreeIsEmpty) {
  publish(*source);
  TreeCopy copy(file, space, runs, *source);
  EXPECT_TRUE(copy.advance(*source, no_limit));
}

TEST_F(TreeCopyTest, CanBeMadeInPartsWhileStepsAreAdded) {
  for (int n = 0; n < 900; ++n) add(n);
  replay(history, *source);
  publish(*source);
  TreeCopy copy(file, space, runs, *source);
  int parts = 0;
  int n = 900;
  while (!copy.advance(*source, Member::Clock::now() + std::chrono::microseconds(20))) {
    ++parts;
    if (n >= steps) continue;
    add(n++);
    replay(history, *source);
    publish(*source);
  }
  EXPECT_GT(parts, 0);
  const auto before = content();
  auto member = copy.take();
  EXPECT_EQ(member->applied, 900u);
  replay(history, *member);
  publish(*member);
  expect_same(content(), before);
  retire(std::move(member));
}

TEST_F(TreeCopyTest, LeavesTheSourceAsItIs) {
  for (int n = 0; n < 20; ++n) add(n);
  replay(history, *source);
  publish(*source);
  file.writes.clear();
  const std::uint64_t end = space.end();
  TreeCopy copy(file, space, runs, *source);
  EXPECT_TRUE(copy.advance(*source, no_limit));
  EXPECT_FALSE(source->driver.take_failure());
  EXPECT_FALSE(file.writes.empty());
  for (const auto& write : file.writes) EXPECT_GE(write.offset, end);
}

}  // namespace
}  // namespace tessera::hdf5
