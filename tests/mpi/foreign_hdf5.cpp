#include <gtest/gtest.h>

#include <hdf5.h>

#include <cstdlib>
#include <optional>
#include <vector>

#include <tessera/reader.hpp>

#include "support/engine.hpp"
#include "support/same_error.hpp"
#include "support/test_file.hpp"

/// \file
/// Other parts of the program end HDF5, or close all that is open, between any two calls.

using namespace tessera_test;

namespace {

const tessera::Index shape{8, 5, 4};

void end_hdf5() {
  H5open();
  H5close();
}

void close_all() {
  const ssize_t count = H5Fget_obj_count(H5F_OBJ_ALL, H5F_OBJ_ALL);
  if (count <= 0) return;
  std::vector<hid_t> open(static_cast<std::size_t>(count));
  H5Fget_obj_ids(H5F_OBJ_ALL, H5F_OBJ_ALL, open.size(), open.data());
  H5E_BEGIN_TRY {
    for (const hid_t id : open) H5Idec_ref(id);
  }
  H5E_END_TRY
}

/// Objects of the application, whose identifiers may be the numbers that the writer had.
struct OtherFile {
  OtherFile() {
    if (world_rank() != 0) return;
    file = H5Fcreate("other.h5", H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    const hsize_t length = 3;
    const hid_t line = H5Screate_simple(1, &length, nullptr);
    for (int i = 0; i < 30; ++i) {
      datasets.push_back(
          H5Dcreate2(file, std::to_string(i).c_str(), H5T_NATIVE_INT, line, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    }
    H5Sclose(line);
  }
  ~OtherFile() {
    for (const hid_t dataset : datasets) EXPECT_GE(H5Dclose(dataset), 0) << "somebody else's was closed";
    if (world_rank() == 0) {
      EXPECT_GE(H5Fclose(file), 0);
    }
  }
  hid_t file = H5I_INVALID_HID;
  std::vector<hid_t> datasets;
};

/// Acts before the steps for which `when` says so, and before close(); all of them are in the file.
template <class Act, class When>
void write_beside(Act&& act, When&& when) {
  TestFile file({.overwrite = true});
  auto run = file.run("r", {{"p", 1}});
  const auto field = run.field<double>("f", tessera::Grid{shape});
  const Blocks blocks = slabs(shape, file.size());
  for (int n = 0; n < 6; ++n) {
    if (when(n)) act();
    const OtherFile other;
    auto step = run.step(n);
    step.put(field, blocks);
    step.scalar("s", n);
    step.commit();
  }
  act();
  run.scalar("late", {});
  file.close();
}

TEST(ForeignHdf5, EndedBetweenTheSteps) {
  if (is_collective()) GTEST_SKIP() << "an error with this engine: EndedUnderTheCollectiveEngine...";
  write_beside(end_hdf5, [](int) { return true; });
}

TEST(ForeignHdf5, EndedOnceAndBeforeClose) {
  if (is_collective()) GTEST_SKIP() << "an error with this engine: EndedUnderTheCollectiveEngine...";
  write_beside(end_hdf5, [](int n) { return n == 3; });
}

TEST(ForeignHdf5, AllThatIsOpenIsClosed) {
  if (is_collective()) GTEST_SKIP() << "stock HDF5 cannot know that its file was closed";
  write_beside(close_all, [](int n) { return n % 2 == 0; });
}

/// A reader opens again what was closed, and closes nothing of others.
TEST(ForeignHdf5, UnderAReader) {
  const std::string path = output_path();
  {
    tessera::Writer out(MPI_COMM_WORLD, path, {.overwrite = true});
    auto run = out.run("r");
    // Without chunks that the reader decodes itself: all goes through HDF5.
    const auto field = run.field<std::int32_t>("f", tessera::Grid{{world_size()}}, {.codec = tessera::Codec::none()});
    for (int n = 0; n < 3; ++n) {
      auto step = run.step(n);
      step.put(field, tessera::Box::at({world_rank()}, {1}), std::vector<std::int32_t>{10 * n + world_rank()});
      step.commit();
    }
    out.close();
  }
  for (void (*act)() : {end_hdf5, close_all}) {
    std::optional<tessera::Reader> in(std::in_place, MPI_COMM_WORLD, path);
    const auto read = [&](int n) {
      auto step = in->run("r").step(n);
      std::vector<std::int32_t> all(static_cast<std::size_t>(world_size()));
      step.get("f", tessera::Box{{0}, {world_size()}}, all);
      step.read();
      EXPECT_EQ(all.back(), 10 * n + world_size() - 1);
    };
    for (int n = 0; n < 3; ++n) {
      read(n);
      act();
      const OtherFile other;
      read(n);
    }
    act();
    const OtherFile other;
    in.reset();
  }
}

/// Stock parallel HDF5 has then closed the file, with all steps so far.
TEST(ForeignHdf5, EndedUnderTheCollectiveEngineIsAnErrorAndTheFileHoldsTheSteps) {
  if (!is_collective()) GTEST_SKIP() << "no error with the direct engine: EndedBetweenTheSteps";
  TestFile file({.overwrite = true});
  auto run = file.run("r", {{"p", 1}});
  const auto field = run.field<double>("f", tessera::Grid{shape});
  const Blocks blocks = slabs(shape, file.size());
  const auto put = [&](int n) {
    auto step = run.step(n);
    step.put(field, blocks);
    return step;
  };
  for (int n = 0; n < 3; ++n) put(n).commit();
  end_hdf5();
  const OtherFile other;
  auto step = put(3);
  expect_error({tessera::ErrorCode::hdf5, {"H5close", "committed steps"}}, [&] { step.commit(); });
  file.close();
}

}  // namespace
