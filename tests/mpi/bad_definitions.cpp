#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/scene.hpp"

/// \file
/// Definitions that no file can hold, and definitions about which ranks disagree.

using namespace tessera_test;
using tessera::Codec;
using tessera::Coordinates;
using tessera::ErrorCode;
using tessera::FieldOptions;
using tessera::Grid;
using tessera::Location;

namespace {

const double nan = std::numeric_limits<double>::quiet_NaN();
const Grid plain{scene_shape};

void refuse_field(const std::vector<std::string>& words, const Grid& grid, const FieldOptions<double>& options = {}) {
  Scene scene;
  scene.refuse_call({ErrorCode::invalid_argument, words}, [&](bool wrong) {
    scene.define<double>("other", wrong ? grid : plain, wrong ? options : FieldOptions<double>{});
  });
}

TEST(BadGrid, HasNoOrTooManyAxes) {
  refuse_field({"the grid has 0 axes", "1 to 4"}, Grid{});
  refuse_field({"the grid has 5 axes", "1 to 4"}, Grid{{2, 2, 2, 2, 2}});
}

TEST(BadGrid, HasAnExtentBelowOneOrTooManyPoints) {
  refuse_field({"(8, 0, 4)", "at least 1"}, Grid{{8, 0, 4}});
  refuse_field({"(8, -5, 4)", "at least 1"}, Grid{{8, -5, 4}});
  refuse_field({"more points than a file can hold"}, Grid{{INT64_MAX, INT64_MAX}});
}

TEST(BadGrid, HasSpacingOrOriginThatIsNoCoordinate) {
  refuse_field({"spacing of 0"}, Grid{scene_shape, {.spacing = {1, 0, 1}}});
  refuse_field({"spacing", "not finite"}, Grid{scene_shape, {.spacing = {nan}}});
  refuse_field({"origin", "not finite"}, Grid{scene_shape, {.origin = {INFINITY}}});
}

TEST(BadGrid, HasAWrongNumberOfValues) {
  refuse_field({"3 axes but 2 values of spacing", "one per axis"}, Grid{scene_shape, {.spacing = {1, 2}}});
  refuse_field({"3 axes but 4 values of origin"}, Grid{scene_shape, {.origin = {1, 2, 3, 4}}});
  refuse_field({"3 axes but 2 axis names"}, Grid{scene_shape, {.axes = {"a", "b"}}});
  refuse_field({"3 axes but 1 units"}, Grid{scene_shape, {.units = {"m"}}});
  refuse_field({"two axes named 'a'"}, Grid{scene_shape, {.axes = {"a", "b", "a"}}});
}

TEST(BadGrid, HasCoordinatesThatAreNone) {
  const auto with = [](const Coordinates& values) {
    return Grid{scene_shape, {.coordinates = {{}, {}, values}, .axes = {"a", "b", "c"}}};
  };
  refuse_field({"has 3 coordinates", "axis 'c' needs 4", "one per point"}, with({0, 1, 2}));
  refuse_field({"coordinate 1 at number 2", "'c' behind 1", "increase"}, with({0, 1, 1, 2}));
  refuse_field({"coordinate 0.5 at number 2", "'c' behind 1"}, with({0, 1, 0.5, 2}));
  refuse_field({"coordinate 2 at number 2", "'c' behind 1", "decrease"}, with({3, 1, 2, 0}));
  refuse_field({"coordinate nan at number 3", "'c'", "not finite"}, with({0, 1, 2, nan}));
  refuse_field({"coordinate inf at number 3", "'c'", "not finite"}, with({0, 1, 2, INFINITY}));
  refuse_field({"3 axes but 2 kinds of coordinates", "one per axis"},
               Grid{scene_shape, {.coordinates = {{}, Coordinates::none()}}});
  refuse_field({"attributes for its axis 'c'", "no coordinates"}, Grid{scene_shape,
                                                                       {.coordinates = {{}, {}, Coordinates::none()},
                                                                        .axes = {"a", "b", "c"},
                                                                        .attributes = {{}, {}, {{"positive", "up"}}}}});
  refuse_field({"4194305 coordinates", "'long'", "static field", "Coordinates::none()"},
               Grid{{4194305}, {.coordinates = {std::vector<double>(4194305)}, .axes = {"long"}}});
}

TEST(BadGrid, HasAPeriodicAxisThatIsNone) {
  refuse_field({"3 axes, so number 3 cannot be periodic", "from 0"}, Grid{scene_shape, {.periodic = {3}}});
  refuse_field({"has 4 coordinates", "axis 'c' needs 5", "the first point comes again"},
               Grid{scene_shape, {.coordinates = {{}, {}, {0, 1, 2, 4}}, .periodic = {2}, .axes = {"a", "b", "c"}}});
}

TEST(BadField, LiesOnFacesOrEdgesOfAGridWithMoreAxes) {
  refuse_field({"2 axes", "grid with more"}, Grid{{8, 5}, {.axes = {"a", "b"}}}, {.location = Location::face_z});
  refuse_field({"1 axis", "grid with more"}, Grid{{8}, {.axes = {"a"}}}, {.location = Location::edge_y});
}

/// Neither the bounds nor their second axis can have a name that is in use.
TEST(BadField, HasCellsWhoseBoundsHaveANameThatIsInUse) {
  const Grid grid{{3}, {.coordinates = {{0, 1, 4}}, .axes = {"r"}}};
  for (const std::string name : {"r_cell_bounds", "component_2"}) {
    Scene scene;
    scene.run.field<double>(name, Grid{{2}, {.axes = {"i"}}}, {.fill = 0});
    scene.refuse_call({ErrorCode::name_in_use, {"field 'cells'", "'" + name + "'", "a field"}}, [&](bool wrong) {
      scene.define<double>("cells", grid, {.location = wrong ? Location::cell : Location::point});
    });
  }
}

TEST(BadField, HasAnImpossibleOption) {
  refuse_field({"field 'other'", "0 components"}, plain, {.components = 0});
  refuse_field({"field 'other'", "static", "time axis 'rare'"}, plain, {.time_dependent = false, .time_axis = "rare"});
  refuse_field({"field 'other'", "-3 components"}, plain, {.components = -3});
  refuse_field({"field 'other'", "codec level 10"}, plain, {.codec = Codec::deflate(10)});
  refuse_field({"field 'other'", "codec level -1"}, plain, {.codec = Codec::deflate(-1)});
  refuse_field({"field 'other'", "chunk (8, 5)", "one extent per axis"}, plain, {.chunk = {8, 5}});
  refuse_field({"field 'other'", "chunk (8, 0, 4)", "between 1 and the field's"}, plain, {.chunk = {8, 0, 4}});
  refuse_field({"field 'other'", "chunk (9, 5, 4)", "between 1 and the field's"}, plain, {.chunk = {9, 5, 4}});
  refuse_field({"field 'other'", "chunk (7, 5, 4)"}, Grid{{7, 5, 4}}, {.location = Location::cell, .chunk = {7, 5, 4}});
  refuse_field({"4 GiB"}, Grid{{1 << 20, 1 << 10}, {.axes = {"a", "b"}}}, {.chunk = {1 << 20, 1 << 10}});
  refuse_field({"'big'", "2^63 - 1"}, plain, {.attributes = {{"big", UINT64_MAX}}});
}

/// Readers would see whatever lies in memory.
TEST(BadField, BeginsAtALaterStepWithoutAFillValue) {
  Scene scene;
  scene.refuse_call({ErrorCode::not_covered, {"field 'other' of run 'run'", "begins at step", "FieldOptions::fill"}},
                    [&](bool wrong) {
                      FieldOptions<double> options;
                      if (!wrong) options.fill = 0;
                      scene.run.raw().field<double>("other", plain, options);
                    });
}

/// Both sides of every difference are in the message.
void refuse_difference(const std::vector<std::string>& words, const Grid& grid, const FieldOptions<double>& options) {
  Scene scene;
  auto run = scene.file.run("without_axes");  // so that neither grid is wrong by itself
  scene.refuse_disagreement({ErrorCode::ranks_disagree, words}, [&](bool differs) {
    Scene::define_in<double>(run, "other", differs ? grid : plain, differs ? options : FieldOptions<double>{});
  });
}

TEST(RanksDisagree, AboutTheShapeOrTheAxesOfAField) {
  refuse_difference({"field('other'", "(8, 5, 4)", "(8, 5, 3)"}, Grid{{8, 5, 3}}, {});
  refuse_difference({"(8, 5, 4)", "(8, 5)"}, Grid{{8, 5}}, {});
  refuse_difference({"spacing [0.1]"}, Grid{scene_shape, {.spacing = {0.1}}}, {});
  refuse_difference({"origin [1]"}, Grid{scene_shape, {.origin = {1}}}, {});
  refuse_difference({"axes ['a', 'b', 'c']"}, Grid{scene_shape, {.axes = {"a", "b", "c"}}}, {});
  refuse_difference({"coordinates [none]"}, Grid{scene_shape, {.coordinates = {Coordinates::none()}}}, {});
  refuse_difference({"periodic (1,)"}, Grid{scene_shape, {.periodic = {1}}}, {});
  refuse_difference({"axis unit 'm'"}, Grid{scene_shape, {.unit = "m"}}, {});
  refuse_difference({"axis units ['m', 'm', 's']"}, Grid{scene_shape, {.units = {"m", "m", "s"}}}, {});
}

/// What differs by rounding is taken, from rank 0; NaN, another length or another value is not.
TEST(RanksDisagree, AboutCoordinates) {
  Scene scene;
  const auto define = [&](const Coordinates& values) {
    scene.define<double>("other", Grid{{4}, {.coordinates = {values}, .axes = {"a"}}});
  };
  const Coordinates right{0, 1, 10, 100};
  const int size = scene.file.size();
  for (int culprit = 0; size > 1 && culprit < size; ++culprit) {
    std::set<int> ranks{culprit};
    if (culprit == 0) ranks.clear();  // then it is all others whose values differ from rank 0's
    for (int rank = 1; culprit == 0 && rank < size; ++rank) ranks.insert(rank);
    expect_error({ErrorCode::ranks_disagree, {"coordinate 2 along axis 0", "10", "10.1", "of_rank_0"}, ranks}, [&] {
      define(scene.file.rank() == culprit ? Coordinates{0, 1, 10.1, 100} : right);
    });
    scene.right_step();
  }
  scene.refuse_disagreement({ErrorCode::invalid_argument, {"3 coordinates"}}, [&](bool differs) {
    define(differs ? Coordinates{0, 1, 10} : right);
  });
  scene.refuse_disagreement({ErrorCode::invalid_argument, {"nan", "not finite"}}, [&](bool differs) {
    define(differs ? Coordinates{0, 1, 10, nan} : right);
  });
  scene.refuse_disagreement({ErrorCode::ranks_disagree, {"coordinates [4 values]", "coordinates [values of rank 0]"}},
                            [&](bool differs) { define(differs ? Coordinates::of_rank_0(right) : right); });
}

TEST(RanksDisagree, AboutAnyOptionOfAField) {
  refuse_difference({"unit 'K'"}, plain, {.unit = "K"});
  refuse_difference({"long_name 'text'"}, plain, {.long_name = "text"});
  refuse_difference({"location cell"}, plain, {.location = Location::cell});
  refuse_difference({"location face_x"}, plain, {.location = Location::face_x});
  refuse_difference({"components 3"}, plain, {.components = 3});
  refuse_difference({"time_dependent false"}, plain, {.time_dependent = false});
  refuse_difference({"fill 0x"}, plain, {.fill = -1});
  refuse_difference({"precision single"}, plain, {.precision = tessera::Precision::single});
  refuse_difference({"precision bfloat16"}, plain, {.precision = tessera::Precision::bfloat16});
  refuse_difference({"tensor_axes ['' [] 2, 'b' ['x', 'y'] 0]"}, plain,
                    {.tensor_axes = {{.length = 2}, {"b", {"x", "y"}}}});
  refuse_difference({"attributes {a: 1}"}, plain, {.attributes = {{"a", 1}}});
  refuse_difference({"chunk (8, 5, 2)"}, plain, {.chunk = {8, 5, 2}});
  refuse_difference({"codec level 0"}, plain, {.codec = Codec::none()});
  refuse_difference({"time_axis 'rare'"}, plain, {.time_axis = "rare"});
}

TEST(RanksDisagree, AboutTheTypeOrTheNameOfAField) {
  Scene scene;
  scene.refuse_disagreement({ErrorCode::ranks_disagree, {"float64", "float32"}}, [&](bool differs) {
    if (differs) scene.define<float>("other", plain);
    else scene.define<double>("other", plain);
  });
  scene.refuse_disagreement({ErrorCode::ranks_disagree, {"field('other'", "field('another'"}},
                            [&](bool differs) { scene.define<double>(differs ? "another" : "other", plain); });
}

TEST(RanksDisagree, AboutTheParametersOfARun) {
  Scene scene;
  scene.refuse_disagreement({ErrorCode::ranks_disagree, {"run('other'", "dt: 0.1", "dt: 0.2"}}, [&](bool differs) {
    scene.file.raw().run("other", {{"dt", differs ? 0.2 : 0.1}});
  });
  scene.refuse_disagreement({ErrorCode::ranks_disagree, {"run('other'", "n: 1}", "n: 1, m: 2}"}}, [&](bool differs) {
    scene.file.raw().run("other", differs ? tessera::Attributes{{"n", 1}, {"m", 2}} : tessera::Attributes{{"n", 1}});
  });
  scene.refuse_disagreement({ErrorCode::ranks_disagree, {"time unit 's'", "time unit 'h'"}}, [&](bool differs) {
    scene.file.raw().run("other", {}, {.time_unit = differs ? "h" : "s"});
  });
  scene.refuse_disagreement({ErrorCode::ranks_disagree, {"run('other'", "run('another'"}},
                            [&](bool differs) { scene.file.raw().run(differs ? "another" : "other"); });
}

/// Values that a message could show alike, but are not the same.
TEST(RanksDisagree, AboutTheTypeOrTheLastBitOfAParameter) {
  Scene scene;
  scene.refuse_disagreement({ErrorCode::ranks_disagree, {"dt: 0.1", "dt: 0.10000000000000002"}}, [&](bool differs) {
    scene.file.raw().run("other", {{"dt", differs ? std::nextafter(0.1, 1.0) : 0.1}});
  });
  scene.refuse_disagreement({ErrorCode::ranks_disagree, {"other"}}, [&](bool differs) {
    scene.file.raw().run("other", {{"n", differs ? tessera::AttributeValue(std::int64_t{1}) : 1}});
  });
  scene.refuse_disagreement({ErrorCode::ranks_disagree, {"other"}}, [&](bool differs) {
    scene.file.raw().run("other", {{"n", differs ? tessera::AttributeValue(1.0) : 1}});
  });
}

/// Text that looks like the list of parameters of the other rank.
TEST(RanksDisagree, AboutTextThatImitatesOtherParameters) {
  Scene scene;
  const tessera::Attributes one{{"a", "x\", b: \"y"}};
  const tessera::Attributes two{{"a", "x"}, {"b", "y"}};
  scene.refuse_disagreement({ErrorCode::ranks_disagree, {"other"}},
                            [&](bool differs) { scene.file.raw().run("other", differs ? one : two); });
}

TEST(RanksDisagree, AboutAnAttributeOrAScalar) {
  Scene scene;
  scene.refuse_disagreement({ErrorCode::ranks_disagree, {"attribute('a' of run 'run', 1)", "2)"}},
                            [&](bool differs) { scene.run.raw().attribute("a", differs ? 2 : 1); });
  scene.refuse_disagreement({ErrorCode::ranks_disagree, {"scalar('s' of run 'run'", "'J'", "'W'"}},
                            [&](bool differs) { scene.run.raw().scalar("s", {.unit = differs ? "J" : "W"}); });
}

TEST(RanksDisagree, NotAboutNaN) {
  Scene scene;
  EXPECT_NO_THROW(scene.file.run("other", {{"unknown", nan}, {"list", std::vector<double>{1, nan}}}));
  EXPECT_NO_THROW(scene.run.attribute("unknown", nan));
  const auto field = scene.run.field<double>("filled", plain, {.fill = nan});
  auto step = scene.run.step(scene.next_time());
  step.put(scene.field, scene.blocks);
  step.put(field, slabs({8, 5, 1}, scene.file.size()));
  EXPECT_NO_THROW(step.commit());
}

}  // namespace
