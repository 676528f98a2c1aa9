#include "hdf5/tree_set.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

#include "hdf5/check.hpp"
#include "memory_file.hpp"
#include "numbered_steps.hpp"

namespace tessera::hdf5 {
namespace {

using std::chrono::milliseconds;

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

}  // namespace
}  // namespace tessera::hdf5
