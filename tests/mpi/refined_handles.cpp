#include <gtest/gtest.h>
#include <hdf5.h>

#include <filesystem>
#include <ranges>
#include <string>
#include <vector>

#include <tessera/tessera.hpp>

#include "support/engine.hpp"
#include "support/same_error.hpp"
#include "support/test_file.hpp"

/// \file
/// Refinements by arrays that are made one by one, by readers that follow a run, and in damaged files.

using namespace tessera_test;
using tessera::Box;
using tessera::LevelBoxes;
using tessera::Writer;

namespace {

/// A plane in two halves, on the first and the last rank.
struct Plane {
  tessera::Refinement amr;
  tessera::RefinedField<double> u;

  explicit Plane(tessera::Run& run, int levels = 2)
      : amr(run.refinement("amr", {.cells = {4, 6}, .levels = levels})), u(run.field<double>("u", amr)) {}

  void regrid(tessera::Run& run, bool is_refined) const {
    LevelBoxes own(1);
    if (world_rank() == 0) own[0].push_back({{0, 0}, {4, 2}});
    if (world_rank() == world_size() - 1) own[0].push_back({{0, 2}, {4, 6}});
    if (is_refined && world_rank() == 0) own.push_back({{{0, 0}, {4, 4}}});
    run.regrid(amr, own);
  }

  /// Each box has its own value; what is made for it is gone when the next one is made.
  void put(tessera::Step& step) const {
    for (int level = 0; level < amr.levels(); ++level) {
      step.put(u, level, amr.boxes(level) | std::views::transform([&](const Box& box) {
                           return std::vector<double>(static_cast<std::size_t>(box.volume()), value(level, box));
                         }));
    }
  }
  static double value(int level, const Box& box) { return 100.0 * level + static_cast<double>(box.lower[1]); }
};

TEST(RefinedHandles, TakeArraysThatAreMadeOneByOne) {
  {
    Writer out(MPI_COMM_WORLD, "made.h5", {.overwrite = true});
    auto run = out.run("r");
    const Plane plane(run);
    plane.regrid(run, true);
    auto step = run.step(0);
    plane.put(step);
    step.commit();
    out.close();
  }
  tessera::Reader in(MPI_COMM_WORLD, "made.h5");
  auto step = tessera::StoredRefinement(in.run("r"), "amr").step(0);
  ASSERT_EQ(step.levels(), 2);
  for (int level = 0; level < 2; ++level) {
    for (std::size_t number = 0; number < step.boxes(level).size(); ++number) {
      const Box& box = step.boxes(level)[number];
      std::vector<double> values(static_cast<std::size_t>(box.volume()));
      step.get("u", level, number, values);
      step.read();
      EXPECT_EQ(values, std::vector<double>(values.size(), Plane::value(level, box))) << level << to_string(box);
    }
  }
  in.close();
}

/// A handle that was made when there was level 0 alone sees the levels that come.
TEST(RefinedHandles, FollowARun) {
  if (is_collective()) GTEST_SKIP() << "the file cannot be read while the collective engine writes it";
  Writer out(MPI_COMM_WORLD, "followed.h5", {.overwrite = true});
  auto run = out.run("r");
  const Plane plane(run);
  const auto commit = [&](bool is_refined) {
    plane.regrid(run, is_refined);
    auto step = run.step(static_cast<double>(run.steps()));
    plane.put(step);
    step.commit();
  };
  run.step(0).commit();
  tessera::Reader in(MPI_COMM_WORLD, "followed.h5");
  EXPECT_TRUE(tessera::refinements(in.run("r")).empty());
  EXPECT_THROW(tessera::StoredRefinement(in.run("r"), "amr"), tessera::Error);
  commit(false);
  in.refresh();
  const tessera::StoredRefinement amr(in.run("r"), "amr");
  EXPECT_EQ(tessera::refinements(in.run("r")), std::vector<std::string>{"amr"});
  EXPECT_EQ(amr.levels(), 1);
  commit(true);
  in.refresh();
  EXPECT_EQ(amr.levels(), 2);
  EXPECT_EQ(amr.cells(1), (tessera::Index{8, 12}));
  EXPECT_EQ(amr.step(0).levels(), 0);
  EXPECT_EQ(amr.step(1).levels(), 1);
  EXPECT_EQ(amr.step(2).levels(), 2);
  in.close();
  out.close();
}

/// Planes of a grid are refined, and stay as many.
TEST(RefinedHandles, HaveARatioForEachAxis) {
  {
    Writer out(MPI_COMM_WORLD, "axes.h5", {.overwrite = true, .paraview = tessera::SideFiles::vtkhdf});
    auto run = out.run("r");
    const auto amr = run.refinement("amr", {.cells = {3, 4, 6}, .levels = 3, .axis_ratios = {{1, 2, 2}, {1, 1, 3}}});
    const auto u = run.field<double>("u", amr);
    EXPECT_EQ(amr.ratios(1), (tessera::Index{1, 2, 2}));
    EXPECT_EQ(amr.ratio(2), 3);
    EXPECT_EQ(amr.spacing(2), (std::vector<double>{1, 0.5, 0.5 / 3}));
    LevelBoxes own(3);
    if (world_rank() == 0) own = {{{{0, 0, 0}, {3, 4, 6}}}, {{{1, 2, 4}, {2, 8, 10}}}, {}};
    if (world_rank() == world_size() - 1) own[2] = {{{1, 3, 12}, {2, 6, 18}}};
    run.regrid(amr, own);
    auto step = run.step(0);
    for (int level = 0; level < 3; ++level) {
      step.put(u, level, amr.boxes(level) | std::views::transform([&](const Box& box) {
                           return std::vector<double>(static_cast<std::size_t>(box.volume()), level + 0.5);
                         }));
    }
    step.commit();
    own[2] = {{{1, 3, 12}, {2, 6, 19}}};
    expect_error({tessera::ErrorCode::invalid_argument, {"cuts cells of level 1", "(1, 1, 3) along the axes"}},
                 [&] { run.regrid(amr, own); });
    out.close();
  }
  EXPECT_FALSE(std::filesystem::exists("axes.r.amr_000000.vtkhdf")) << "VTK 9.3 crashes on it";
  tessera::Reader in(MPI_COMM_WORLD, "axes.h5");
  const tessera::StoredRefinement amr(in.run("r"), "amr");
  EXPECT_EQ(amr.ratios(0), (tessera::Index{1, 1, 1}));
  EXPECT_EQ(amr.ratios(1), (tessera::Index{1, 2, 2}));
  EXPECT_EQ(amr.ratios(2), (tessera::Index{1, 1, 3}));
  EXPECT_EQ(amr.ratio(2), 3);
  EXPECT_EQ(amr.cells(2), (tessera::Index{3, 8, 36}));
  EXPECT_EQ(amr.step(0).boxes(2), (std::vector<Box>{{{1, 3, 12}, {2, 6, 18}}}));
  in.close();
}

/// Writes another number into the boxes of level 0.
void change_box(const std::string& path, std::size_t place, std::int64_t number) {
  if (world_rank() == 0) {
    const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    const hid_t boxes = H5Dopen2(file, "/r/amr_level0_box", H5P_DEFAULT);
    const hid_t space = H5Dget_space(boxes);
    std::vector<std::int64_t> numbers(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)));
    EXPECT_GE(H5Dread(boxes, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers.data()), 0);
    numbers[place] = number;
    EXPECT_GE(H5Dwrite(boxes, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers.data()), 0);
    H5Sclose(space);
    H5Dclose(boxes);
    H5Fclose(file);
  }
  MPI_Barrier(MPI_COMM_WORLD);
}

/// Boxes that are not those of the cells that are there: nobody gets another box's values.
TEST(RefinedHandles, RefuseBoxesThatDoNotFit) {
  {
    Writer out(MPI_COMM_WORLD, "damaged.h5", {.overwrite = true});
    auto run = out.run("r");
    const Plane plane(run, 1);
    plane.regrid(run, false);
    auto step = run.step(0);
    plane.put(step);
    step.commit();
    out.close();
  }
  const auto expect_refused = [&](const std::vector<std::string>& parts) {
    tessera::Reader in(MPI_COMM_WORLD, "damaged.h5");
    const tessera::StoredRefinement amr(in.run("r"), "amr");
    expect_error({tessera::ErrorCode::hdf5, parts}, [&] { amr.step(0); });
    in.close();
  };
  // The first box is, x first, the cells 0 to 1 and 0 to 3.
  change_box("damaged.h5", 1, 2);
  expect_refused({"level 0 of refinement 'amr' in step 0", "have 28 cells", "fields 24"});
  change_box("damaged.h5", 1, -1);
  expect_refused({"box 0", "no cells"});
  change_box("damaged.h5", 1, 1);
  change_box("damaged.h5", 5, INT64_MAX);
  expect_refused({"box 1", "outside the domain"});
}

}  // namespace
