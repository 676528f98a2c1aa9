// A tree with so many chunks that its index has blocks of every kind: those of the copy are made here, not by HDF5.

#include <gtest/gtest.h>

#include <array>

#include "hdf5/check.hpp"
#include "hdf5/chunk_list.hpp"
#include "hdf5/replay.hpp"
#include "hdf5/tree_copy.hpp"
#include "memory_file.hpp"
#include "schema/layout.hpp"

namespace tessera::hdf5 {
namespace {

struct ArrayCopyTest : ::testing::TestWithParam<bool> {
  static constexpr std::int64_t steps = 3000;
  static constexpr std::int64_t per_step = 100;
  static constexpr auto no_limit = Member::Clock::time_point::max();

  Quiet quiet;
  MemoryFile file;
  Space space;
  History history;
  RunSharing runs;
  std::unique_ptr<Member> source = std::make_unique<Member>(file, space);

  /// Pages of the index have places for 1024 chunks: several are never written.
  static bool has_chunks(std::int64_t step) { return step < 700 || step >= 1500 || step == 1100; }

  static schema::Field field(const Codec& codec) {
    schema::Field result;
    result.name = "f";
    result.path = "/r/f";
    result.axes = schema::axes_of({{per_step}}, Location::point);
    result.codec = codec;
    result.chunk = {1};
    return result;
  }

  /// Steps that are one commit.
  void add(std::int64_t begin, std::int64_t end) {
    const Codec codec = GetParam() ? Codec::deflate(1) : Codec::none();
    Record record;
    if (begin == 0) {
      const schema::Run run{"r", "/r", {}};
      for (const auto& part :
           {schema::create_run(run, {{"p", 1}}), schema::create_time(run, 0, 0, 512),
            schema::create_axis("/r", field(codec).axes[0], 1), schema::create_field("/r", field(codec), 0)}) {
        record.definitions.insert(record.definitions.end(), part.begin(), part.end());
      }
    }
    record.begin = {schema::SetLength{"/r/time", end}, schema::SetLength{"/r/f", end}};
    record.finish = {schema::WriteValues{"/r/time", begin, std::vector<double>(static_cast<std::size_t>(end - begin))}};
    for (std::int64_t step = begin; step < end; ++step) {
      if (!has_chunks(step)) continue;
      PlacedChunks set{"/r/f", step, {1}, {per_step}, false, {}};
      for (std::uint64_t index = 0; index < per_step; ++index) {
        const std::uint32_t size = GetParam() ? 8 + static_cast<std::uint32_t>((index + end) % 5) : 8;
        set.chunks.push_back({index, space.allocate(size), size, GetParam() && index % 3 == 0 ? 1U : 0U});
      }
      file.write(set.chunks.back().address, std::array<std::byte, 1>{});  // leaves no long hole
      record.chunks.push_back(std::move(set));
    }
    runs.add(Changes(record));
    history.push(std::move(record));
  }

  void publish(Member& member) {
    flush(member);
    member.driver.publish();
    member.driver.set_writable(false);
    EXPECT_FALSE(member.driver.take_failure());
  }

  static ChunkList chunks_of(hid_t dataset, const std::string& path) {
    return ChunkList(path, ChunkGrid::of(dataset, path));
  }

  /// What HDF5 finds in both.
  void expect_same(Member& member, const std::string& path = "/r/f") {
    const hid_t one = source->tree.dataset(path);
    const hid_t other = member.tree.dataset(path);
    const ChunkList chunks = chunks_of(one, path);
    ASSERT_EQ(chunks_of(other, path).end(), chunks.end());
    for (std::uint64_t number = 0; number < chunks.end(); ++number) {
      const auto expected = chunks.find(*source, one, number);
      const auto found = chunks.find(member, other, number);
      ASSERT_EQ(found.has_value(), expected.has_value()) << number;
      if (!found) continue;
      ASSERT_EQ(found->address, expected->address) << number;
      ASSERT_EQ(found->size, expected->size) << number;
      ASSERT_EQ(found->mask, expected->mask) << number;
    }
  }

  void TearDown() override { source->driver.retire(); }
};

TEST_P(ArrayCopyTest, HasTheSameChunks) {
  add(0, steps);
  replay(history, *source);
  publish(*source);
  file.writes.clear();
  const std::uint64_t end = space.end();
  TreeCopy copy(file, space, runs, *source);
  EXPECT_LT(file.writes.size(), 1000U) << "was not copied by blocks";
  EXPECT_TRUE(copy.advance(*source, no_limit));
  for (const auto& write : file.writes) EXPECT_GE(write.offset, end);
  auto member = copy.take();
  publish(*member);
  expect_same(*member);
  retire(std::move(member));
}

/// HDF5 continues what was copied, in both trees and in a copy of the copy.
TEST_P(ArrayCopyTest, CanBeGoneOnWith) {
  add(0, 1000);
  replay(history, *source);
  publish(*source);
  TreeCopy copy(file, space, runs, *source);
  EXPECT_TRUE(copy.advance(*source, no_limit));
  auto member = copy.take();
  publish(*member);
  TreeCopy next(file, space, runs, *member);
  EXPECT_TRUE(next.advance(*member, no_limit));
  auto third = next.take();
  add(1000, steps);
  source->refresh();  // it was read from
  for (Member* each : {source.get(), member.get(), third.get()}) {
    if (each->is_stale) each->refresh();
    replay(history, *each);
    publish(*each);
  }
  expect_same(*member);
  expect_same(*third);
  // Stock HDF5 reads the last one: what was published last.
  const std::string path = ::testing::TempDir() + "array_copy_test.h5";
  file.save(path);
  const Handle opened(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  const Handle dataset(H5Dopen2(opened.get(), "/r/f", H5P_DEFAULT), H5Dclose);
  hsize_t count = 0;
  const Handle all(H5Dget_space(dataset.get()), H5Sclose);
  EXPECT_GE(H5Dget_num_chunks(dataset.get(), all.get(), &count), 0);
  EXPECT_EQ(count, static_cast<hsize_t>((steps - 800 + 1) * per_step));
  retire(std::move(third));
  retire(std::move(member));
}

/// A static field: its index is a fixed array, whose pages have places for 1024 chunks. Some are never written.
TEST_P(ArrayCopyTest, FixedArraysToo) {
  constexpr std::int64_t all = 5000;
  add(0, 10);
  Record record;
  schema::Field fixed = field(GetParam() ? Codec::deflate(1) : Codec::none());
  fixed.name = "g";
  fixed.path = "/r/g";
  fixed.axes = schema::axes_of({{all}}, Location::point);
  fixed.axes[0].name = "other";
  fixed.time_dependent = false;
  for (const auto& part : {schema::create_axis("/r", fixed.axes[0], 1), schema::create_field("/r", fixed, 0)}) {
    record.definitions.insert(record.definitions.end(), part.begin(), part.end());
  }
  PlacedChunks set{"/r/g", {}, {1}, {all}, false, {}};
  for (std::uint64_t index = 0; index < all; ++index) {
    if (index / 1024 == 1 || index % 100 == 7) continue;
    const std::uint32_t size = GetParam() ? 8 + static_cast<std::uint32_t>(index % 5) : 8;
    set.chunks.push_back({index, space.allocate(size), size, GetParam() && index % 3 == 0 ? 1U : 0U});
  }
  file.write(set.chunks.back().address, std::array<std::byte, 1>{});
  record.chunks.push_back(std::move(set));
  history.push(std::move(record));
  replay(history, *source);
  publish(*source);
  file.writes.clear();
  TreeCopy copy(file, space, runs, *source);
  EXPECT_TRUE(copy.advance(*source, no_limit));
  EXPECT_LT(file.writes.size(), 100U) << "was not copied by blocks";
  auto member = copy.take();
  publish(*member);
  expect_same(*member);
  expect_same(*member, "/r/g");
  retire(std::move(member));
}

INSTANTIATE_TEST_SUITE_P(, ArrayCopyTest, testing::Bool(),
                         [](const auto& one) { return one.param ? "deflate" : "plain"; });

}  // namespace
}  // namespace tessera::hdf5
