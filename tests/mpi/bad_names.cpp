#include <gtest/gtest.h>

#include "support/scene.hpp"

/// \file
/// Names that no file can have, and names that are in use.

using namespace tessera_test;
using tessera::Attributes;
using tessera::ErrorCode;
using tessera::Grid;

namespace {

struct BadName {
  std::string name;
  std::string why;
};
const std::vector<BadName> bad_names{{"", "is empty"},
                                     {"a/b", "slash"},
                                     {"/", "slash"},
                                     {".", "group itself"},
                                     {"..", "group itself"},
                                     {" p", "space"},
                                     {"p ", "space"},
                                     {"line\nbreak", "control character"},
                                     {"\xed\xa0\x80", "UTF-8"},
                                     {"\xff\xfe", "UTF-8"},
                                     {std::string(256, 'n'), "255 bytes"}};

/// A call with each wrong name by each group of culprits; the others use "right".
template <class Call>
void refuse_names(const std::string& kind, Call&& call) {
  Scene scene;
  for (const BadName& bad : bad_names) {
    scene.refuse_call({ErrorCode::invalid_argument, {kind + " name '" + bad.name + "'", bad.why}},
                      [&](bool wrong) { call(scene, wrong ? bad.name : "right"); });
  }
}

TEST(BadName, OfARun) {
  refuse_names("run", [](Scene& scene, const std::string& name) { scene.file.raw().run(name); });
}

TEST(BadName, OfAField) {
  refuse_names("field", [](Scene& scene, const std::string& name) { scene.define<double>(name, Grid{scene_shape}); });
}

TEST(BadName, OfAnAxis) {
  refuse_names("axis", [](Scene& scene, const std::string& name) {
    scene.define<double>("other", Grid{{4}, {.axes = {name}}});
  });
}

TEST(BadName, OfAScalar) {
  refuse_names("scalar", [](Scene& scene, const std::string& name) { scene.run.raw().scalar(name, {}); });
}

TEST(BadName, OfAnAttribute) {
  refuse_names("attribute", [](Scene& scene, const std::string& name) { scene.run.raw().attribute(name, 1); });
}

TEST(BadName, OfAParameterOrAnAttributeOfAField) {
  refuse_names("attribute", [](Scene& scene, const std::string& name) { scene.file.raw().run("other", {{name, 1}}); });
  refuse_names("attribute", [](Scene& scene, const std::string& name) {
    scene.define<double>("other", Grid{scene_shape}, {.attributes = {{name, 1}}});
  });
}

/// HDF5 and h5py take them (the manifest is compared), netCDF's tools do not: rank 0 says so, once for a file.
TEST(DoubtfulName, IsTakenWithOneWarning) {
  if (world_rank() == 0) testing::internal::CaptureStderr();
  TestFile file;
  auto run = file.run("run");
  const auto field = run.field<double>("(E-E0)", Grid{{4}, {.axes = {"u\xcc\x88"}}}, {.attributes = {{"{x}", 1}}});
  auto step = run.step(0);
  step.put(field, slabs({4}, file.size()));
  step.scalar("-x", 1);
  EXPECT_NO_THROW(step.commit());
  if (world_rank() == 0) {
    const std::string printed = testing::internal::GetCapturedStderr();
    EXPECT_NE(printed.find("tessera: warning: " + file.path() + ": the name '(E-E0)' does not begin with"),
              std::string::npos);
    EXPECT_EQ(printed.find("warning"), printed.rfind("warning")) << printed;
  }
  EXPECT_NE(file.raw().explain().find("'(E-E0)'"), std::string::npos);
  file.close();
}

TEST(BadName, ReservedByReaders) {
  Scene scene;
  for (const char* name : {"_FillValue", "CLASS", "DIMENSION_LIST", "_Netcdf4Dimid"}) {
    scene.refuse_call({ErrorCode::invalid_argument, {"'" + std::string(name) + "'", "reserve", "choose another"}},
                      [&](bool wrong) { scene.run.raw().attribute(wrong ? name : "right", 1); });
  }
}

TEST(NameInUse, RunTwice) {
  Scene scene;
  scene.refuse_call({ErrorCode::name_in_use, {"run 'run'", "in use", "choose another"}},
                    [&](bool wrong) { scene.file.raw().run(wrong ? "run" : "right"); });
}

TEST(NameInUse, FieldTwiceOrTheNameOfAnAxisOrOfTheTime) {
  Scene scene;
  for (const char* name : {"field", "z", "time"}) {
    scene.refuse_call({ErrorCode::name_in_use, {"'" + std::string(name) + "'", "choose another"}},
                      [&](bool wrong) { scene.define<double>(wrong ? name : "right", Grid{scene_shape}); });
  }
  // Positions of particles: "x" is an axis, and that is said, with what to do.
  scene.refuse_call({ErrorCode::name_in_use,
                     {"the field 'x' of run 'run'", "for an axis of a grid", "GridOptions::axes"}},
                    [&](bool wrong) {
                      scene.define<double>(wrong ? "x" : "right", Grid{{100}, {.axes = {"particle"}}});
                    });
}

TEST(NameInUse, FieldWithTheNameOfItsOwnAxis) {
  Scene scene;
  scene.refuse_call({ErrorCode::name_in_use, {"axis 'same'", "field 'same'", "GridOptions::axes"}}, [&](bool wrong) {
    scene.define<double>("same", Grid{{4}, {.axes = {wrong ? "same" : "right"}}});
  });
}

TEST(NameInUse, AxisOfAnotherLengthSpacingOriginOrUnit) {
  Scene scene;
  for (const auto& [grid, difference] :
       {std::pair(Grid{{8, 5, 3}},
                  "'x' of field 'other' of run 'run' differs from the axis of that name that is there: its length is 4 "
                  "there and 3 here"),
        std::pair(Grid{scene_shape, {.spacing = {2}}}, "its coordinate 7 is 7 there and 14 here"),
        std::pair(Grid{scene_shape, {.origin = {1}}}, "its coordinate 0 is 0 there and 1 here"),
        std::pair(Grid{scene_shape, {.unit = "m"}}, "its unit is '' there and 'm' here"),
        std::pair(Grid{scene_shape, {.attributes = {{{"a", 1}}, {}, {}}}}, "its attributes differ")}) {
    scene.refuse_call({ErrorCode::name_in_use, {"the axis '", difference, "GridOptions::axes"}},
                      [&](bool wrong) { scene.define<double>("other", wrong ? grid : Grid{scene_shape}); });
  }
}

/// Cell centres that come from face positions, as in finite-volume codes, differ from the grid's in the last bits.
TEST(SameAxis, CoordinatesEqualWithinRounding) {
  for (int n = 3; n < 43; ++n) {
    const double low = -0.7;
    const double high = 1.3;
    const double width = (high - low) / n;
    const double face = low + width;
    tessera::Writer writer(MPI_COMM_WORLD, output_path(), {.overwrite = true});
    auto run = writer.run("mac");
    const Grid faces{{n + 1}, {.spacing = {width}, .origin = {low}, .axes = {"x"}}};
    run.field<double>("p", faces, {.location = tessera::Location::cell});
    const Grid centres{{n}, {.spacing = {face - low}, .origin = {0.5 * (low + face)}, .axes = {"x_cell"}}};
    EXPECT_NO_THROW(run.field<double>("q", centres)) << n << " cells";
    const Grid shifted{{n}, {.spacing = {width}, .origin = {low + 0.501 * width}, .axes = {"x_cell"}}};
    expect_error({ErrorCode::name_in_use, {"'x_cell'", "its coordinate 0 is"}},
                 [&] { run.field<double>("r", shifted); });
    EXPECT_NO_THROW(writer.close());
  }
}

TEST(NameInUse, AxisWithTheNameOfAFieldOrAScalar) {
  Scene scene;
  scene.run.scalar("series", {});
  for (const char* name : {"field", "series", "time"}) {
    scene.refuse_call({ErrorCode::name_in_use, {"axis '" + std::string(name) + "'", "field 'other'"}}, [&](bool wrong) {
      scene.define<double>("other", Grid{{4}, {.axes = {wrong ? name : "right"}}});
    });
  }
}

TEST(NameInUse, ScalarTwiceOrTheNameOfAFieldOrAnAxis) {
  Scene scene;
  scene.run.scalar("series", {.unit = "J"});
  for (const char* name : {"series", "field", "y", "time"}) {
    scene.refuse_call({ErrorCode::name_in_use, {"scalar '" + std::string(name) + "'", "choose another"}},
                      [&](bool wrong) { scene.run.raw().scalar(wrong ? name : "right", {}); });
  }
}

TEST(NameInUse, FieldWithTheNameOfAScalarThatAStepGave) {
  Scene scene;
  auto step = scene.run.step(scene.next_time());
  step.put(scene.field, scene.blocks);
  step.scalar("series", 1);
  EXPECT_NO_THROW(step.commit());
  scene.refuse_call({ErrorCode::name_in_use, {"field 'series'", "choose another"}},
                    [&](bool wrong) { scene.define<double>(wrong ? "series" : "right", Grid{scene_shape}); });
}

TEST(NameInUse, AttributeTwice) {
  Scene scene;
  scene.refuse_call({ErrorCode::name_in_use, {"attribute 'note'", "run 'run'", "used once"}},
                    [&](bool wrong) { scene.run.raw().attribute(wrong ? "note" : "right", 1); });
  scene.refuse_call({ErrorCode::name_in_use, {"attribute 'twice'", "run 'other'", "used once"}}, [&](bool wrong) {
    scene.file.raw().run("other", {{"twice", 1}, {wrong ? "twice" : "right", 2}});
  });
  scene.refuse_call({ErrorCode::name_in_use, {"attribute 'units'", "field 'other'"}}, [&](bool wrong) {
    scene.define<double>("other", Grid{scene_shape}, {.attributes = {{wrong ? "units" : "right", "K"}}});
  });
  scene.refuse_call({ErrorCode::name_in_use, {"attribute 'Conventions'", "root group"}}, [&](bool wrong) {
    scene.file.raw().root({{wrong ? "Conventions" : "right", "mine"}});
  });
}

/// A name that a refused call mentioned is free.
TEST(NameInUse, NotByACallThatWasRefused) {
  Scene scene;
  expect_error({ErrorCode::invalid_argument, {"components"}}, [&] {
    scene.define<double>("later", Grid{{7, 6}, {.axes = {"a", "b"}}}, {.components = 0});
  });
  const auto later = scene.run.field<double>("later", Grid{{6}, {.axes = {"a"}}}, {.fill = 0});
  scene.right_step();
  auto step = scene.run.step(scene.next_time());
  step.put(scene.field, scene.blocks);
  step.put(later, slabs({6}, scene.file.size()));
  EXPECT_NO_THROW(step.commit());
}

}  // namespace
