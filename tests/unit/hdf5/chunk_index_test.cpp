// Chunk indexes that are read here have what HDF5 itself finds for each chunk, for every kind of index.

#include <gtest/gtest.h>
#include <hdf5.h>

#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <tessera/error.hpp>

#include "hdf5/check.hpp"
#include "hdf5/chunk_index.hpp"
#include "hdf5/find_chunk.hpp"

namespace tessera::hdf5 {
namespace {

using Extents = std::vector<hsize_t>;

struct Case {
  std::string name;
  Extents extents;
  Extents most;
  Extents chunk;
  bool filtered = true;
  bool early = false;
  unsigned every = 1;  ///< of so many chunks one is written
  bool oldest = false;
};

std::ostream& operator<<(std::ostream& out, const Case& what) { return out << what.name; }

/// One dataset `d`, of chunks of different sizes.
void make(const std::string& path, const Case& what) {
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_libver_bounds(access.get(), what.oldest ? H5F_LIBVER_EARLIEST : H5F_LIBVER_V110,
                       what.oldest ? H5F_LIBVER_LATEST : H5F_LIBVER_V110);
  const Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.get()), H5Fclose);
  const Handle list(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  const int rank = static_cast<int>(what.extents.size());
  H5Pset_chunk(list.get(), rank, what.chunk.data());
  if (what.filtered) H5Pset_deflate(list.get(), 1);
  H5Pset_alloc_time(list.get(), what.early ? H5D_ALLOC_TIME_EARLY : H5D_ALLOC_TIME_INCR);
  const Handle space(H5Screate_simple(rank, what.extents.data(), what.most.data()), H5Sclose);
  const Handle dataset(H5Dcreate2(file.get(), "d", H5T_NATIVE_UINT8, space.get(), H5P_DEFAULT, list.get(), H5P_DEFAULT),
                       H5Dclose);
  const ChunkGrid grid = ChunkGrid::of(dataset.get(), "d");
  const auto counts = grid.counts();
  const std::vector<unsigned char> bytes(grid.chunk_bytes() + 8, 7);
  for (std::uint64_t number = 0; number < grid.count(); number += what.every) {
    Extents offset(counts.size());
    std::uint64_t rest = number;
    for (std::size_t axis = counts.size(); axis-- > 0; rest /= counts[axis]) {
      offset[axis] = rest % counts[axis] * grid.chunk[axis];
    }
    const std::size_t size = what.filtered ? 1 + number % (grid.chunk_bytes() + 8) : grid.chunk_bytes();
    ASSERT_GE(H5Dwrite_chunk(dataset.get(), H5P_DEFAULT, number % 3 == 2 && what.filtered ? 1 : 0, offset.data(), size,
                             bytes.data()),
              0);
  }
}

class ChunkIndexes : public testing::TestWithParam<Case> {};

TEST_P(ChunkIndexes, SayWhatHdf5Says) {
  const Case& what = GetParam();
  const std::string path = "index_" + what.name + ".h5";
  make(path, what);
  const auto driver = std::make_shared<InputDriver>(path);
  driver->note_blocks();
  const Handle file = driver->open();
  ChunkIndex index;
  {
    const Quiet quiet;
    const Handle dataset(check_id(H5Dopen2(file.get(), "d", H5P_DEFAULT), "H5Dopen2", "d"), H5Dclose);
    index = read_chunk_index(*driver, dataset.get(), "d");
  }
  // HDF5's own look-up of each chunk. Not H5Dget_chunk_info: where another axis than the first one grows, HDF5 1.10.8
  // gives chunks in another order than it stores them in.
  const auto other = std::make_shared<InputDriver>(path);
  const Handle plain = other->open();
  const Handle dataset(H5Dopen2(plain.get(), "d", H5P_DEFAULT), H5Dclose);
  const ChunkGrid grid = ChunkGrid::of(dataset.get(), "d");
  ASSERT_EQ(index.chunks.size(), (grid.count() + what.every - 1) / what.every);
  EXPECT_EQ(index.outside, 0U);
  const auto counts = grid.counts();
  for (std::size_t i = 0; i < index.chunks.size(); ++i) {
    const PlacedChunk& chunk = index.chunks[i];
    ASSERT_EQ(chunk.index, i * what.every);
    ChunkOffset offset{};
    std::uint64_t rest = chunk.index;
    for (std::size_t axis = counts.size(); axis-- > 0; rest /= counts[axis]) {
      offset[axis] = rest % counts[axis] * grid.chunk[axis];
    }
    const auto found =
        grid.count() == 1 ? find_only_chunk(dataset.get(), "d") : find_chunk(*other, dataset.get(), offset, "d");
    ASSERT_TRUE(found);
    ASSERT_EQ(chunk.address, found->address) << i;
    ASSERT_EQ(chunk.size, found->size) << i;
    ASSERT_EQ(chunk.mask, found->mask) << i;
  }
  std::filesystem::remove(path);
}

constexpr hsize_t ever = H5S_UNLIMITED;

INSTANTIATE_TEST_SUITE_P(
    , ChunkIndexes,
    testing::Values(Case{"one", {5, 5}, {5, 5}, {5, 5}},                                              //
                    Case{"extensible", {3, 9, 5}, {ever, 9, 5}, {1, 2, 5}},                           //
                    Case{"extensible_plain", {40, 9, 5}, {ever, 9, 5}, {1, 2, 5}, false},             //
                    Case{"extensible_sparse", {100, 9, 5}, {ever, 9, 5}, {1, 2, 5}, true, false, 7},  //
                    Case{"extensible_deep", {700, 3, 50}, {ever, 3, 50}, {1, 1, 10}},                 //
                    Case{"extensible_pages_left_out", {90000, 3}, {ever, 3}, {1, 1}, true, false, 97},
                    Case{"extensible_second_axis", {9, 30, 5}, {9, ever, 5}, {2, 1, 3}},      //
                    Case{"extensible_below_its_room", {9, 30, 5}, {20, ever, 8}, {2, 1, 3}},  //
                    Case{"fixed", {30, 9, 5}, {30, 9, 5}, {1, 2, 5}},                         //
                    Case{"fixed_plain", {30, 9, 5}, {30, 9, 5}, {1, 2, 5}, false},            //
                    Case{"fixed_paged", {3000, 9}, {3000, 9}, {1, 3}},                        //
                    Case{"fixed_pages_left_out", {30000, 9}, {30000, 9}, {1, 3}, true, false, 1777},
                    Case{"fixed_below_its_room", {30, 9, 5}, {40, 19, 5}, {1, 2, 5}},                   //
                    Case{"implicit", {30, 9, 5}, {30, 9, 5}, {1, 2, 5}, false, true},                   //
                    Case{"btree_2", {30, 9, 5}, {ever, ever, 5}, {1, 2, 5}},                            //
                    Case{"btree_2_plain", {30, 9, 5}, {ever, ever, 5}, {1, 2, 5}, false},               //
                    Case{"btree_2_deep", {300, 90, 5}, {ever, ever, 5}, {1, 2, 5}},                     //
                    Case{"btree_1", {30, 9, 5}, {30, 9, 5}, {1, 2, 5}, true, false, 1, true},           //
                    Case{"btree_1_deep", {3000, 9, 5}, {ever, 9, 5}, {1, 2, 5}, true, false, 1, true},  //
                    Case{"btree_1_sparse", {300, 9, 5}, {ever, 9, 5}, {1, 2, 5}, true, false, 11, true}),
    [](const testing::TestParamInfo<Case>& one) { return one.param.name; });

}  // namespace
}  // namespace tessera::hdf5
