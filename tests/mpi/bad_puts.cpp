#include <gtest/gtest.h>

#include "support/scene.hpp"

/// \file
/// Wrong boxes and wrong arrays: noted by put, thrown by commit on every rank.

using namespace tessera_test;
using tessera::Box;
using tessera::ErrorCode;
using tessera::Grid;
using tessera::Halo;
using tessera::Index;

namespace {

Box shifted(Box box, std::size_t axis, std::int64_t by) {
  box.lower[axis] += by;
  box.upper[axis] += by;
  return box;
}

const std::string outside = "outside [0:8, 0:5, 0:4]";

TEST(BadBox, BelowTheField) {
  Scene scene;
  scene.refuse_put({ErrorCode::out_of_bounds, {"field 'field'", outside, "without halo"}},
                   [&](TestStep& step) { step.put_box(scene.field, shifted(scene.own_box(), 1, -1)); });
}

TEST(BadBox, AboveTheField) {
  Scene scene;
  scene.refuse_put({ErrorCode::out_of_bounds, {"field 'field'", outside, "global indices"}},
                   [&](TestStep& step) { step.put_box(scene.field, shifted(scene.own_box(), 2, 1)); });
}

/// Bounds whose difference does not fit into 64 bits.
TEST(BadBox, FarOutside) {
  Scene scene;
  scene.refuse_put({ErrorCode::out_of_bounds, {"field 'field'", outside}}, [&](TestStep& step) {
    const double value = 0;
    step.raw().put(scene.field.handle, {{INT64_MIN, 0, 0}, {INT64_MAX, 5, 4}}, &value);
  });
}

TEST(BadBox, EndsBeforeItBegins) {
  Scene scene;
  scene.refuse_put({ErrorCode::invalid_argument, {"field 'field'", "[3:2, 0:5, 0:4]", "lower bound comes first"}},
                   [&](TestStep& step) {
                     const double value = 0;
                     step.raw().put(scene.field.handle, {{3, 0, 0}, {2, 5, 4}}, &value);
                   });
}

TEST(BadBox, WrongNumberOfAxes) {
  Scene scene;
  const std::vector<double> data(2000, 1.0);
  for (const Box& box : {Box{}, Box{{0, 0}, {8, 5}}, Box{{0, 0, 0, 0}, {8, 5, 4, 1}}, Box{{0, 0, 0}, {8, 5}}}) {
    scene.refuse_put({ErrorCode::invalid_argument, {"field 'field'", "one range per axis", "(8, 5, 4)"}},
                     [&](TestStep& step) { step.raw().put(scene.field.handle, box, data.data()); });
  }
}

TEST(BadBox, TwoOfOneRankOverlap) {
  Scene scene;
  for (const std::set<int>& culprits : culprits()) {
    {
      auto step = scene.run.step(scene.next_time());
      step.put(scene.field, scene.blocks);
      if (scene.is(culprits)) step.put_box(scene.field, scene.own_box());
      const std::string first = "box 0 of rank " + std::to_string(*culprits.begin());
      const std::string second = "box 1 of rank " + std::to_string(*culprits.begin());
      expect_error({ErrorCode::overlap, {"field 'field'", first, second, "put once"}, culprits},
                   [&] { step.commit(); });
    }
    scene.right_step();
  }
}

TEST(BadBox, TwoOfDifferentRanksOverlap) {
  Scene scene;
  if (scene.file.size() == 1) return;  // nobody to overlap with; TwoOfOneRankOverlap is the test for one rank
  for (int culprit = 0; culprit < scene.file.size(); ++culprit) {
    const int neighbour = culprit > 0 ? culprit - 1 : 1;
    {
      auto step = scene.run.step(scene.next_time());
      Box box = scene.own_box();
      if (scene.file.rank() == culprit) {
        if (culprit > 0) box.lower[0] -= 1;
        else box.upper[0] += 1;
      }
      step.put_box(scene.field, box);
      const std::string first = "of rank " + std::to_string(std::min(culprit, neighbour));
      const std::string second = "of rank " + std::to_string(std::max(culprit, neighbour));
      expect_error({ErrorCode::overlap, {"field 'field'", first, second, "overlap in ["}, {culprit, neighbour}},
                   [&] { step.commit(); });
    }
    scene.right_step();
  }
}

/// As many cells twice as are missing: the sum is right. With a fill value any sum is.
TEST(BadBox, AsMuchOverlapsAsIsLeftOut) {
  Scene scene;
  auto filled = scene.run.field<double>("filled", Grid{scene_shape}, {.fill = -1});
  for (auto* field : {&scene.field, &filled}) {
    {
      auto step = scene.run.step(scene.next_time());
      for (auto* other : {&scene.field, &filled}) {
        if (other != field) step.put(*other, scene.blocks);
      }
      Box box = scene.own_box();
      box.upper[2] -= 1;
      step.put_box(*field, box);
      const Box again{{box.lower[0], 0, 0}, {box.upper[0], 5, 1}};
      step.put_box(*field, again);
      expect_error({ErrorCode::overlap,
                    {field == &filled ? "field 'filled'" : "field 'field'", "box 0 of rank 0", "box 1 of rank 0",
                     "overlap in [0:"}},
                   [&] { step.commit(); });
    }
    scene.right_step();
  }
}

/// The last of the culprit's cells is in no box. It is no rank's fault; the message says which cells.
TEST(BadBox, OneCellIsLeftOut) {
  Scene scene;
  for (int culprit = 0; culprit < scene.file.size(); ++culprit) {
    const Box whole = scene.blocks[static_cast<std::size_t>(culprit)][0];
    Box rest = whole;
    rest.upper[2] -= 1;
    Box last = whole;
    last.lower[2] = rest.upper[2];
    last.upper[1] -= 1;
    Box column = whole;
    column.lower = {whole.lower[0], last.upper[1], last.lower[2]};
    column.upper[0] -= 1;
    const Box missing{{whole.upper[0] - 1, 4, 3}, {whole.upper[0], 5, 4}};
    {
      auto step = scene.run.step(scene.next_time());
      if (scene.file.rank() == culprit) {
        for (const Box& box : {rest, last, column}) step.put_box(scene.field, box);
      } else {
        step.put(scene.field, scene.blocks);
      }
      expect_error({ErrorCode::not_covered, {"field 'field'", to_string(missing), "FieldOptions::fill"}},
                   [&] { step.commit(); });
    }
    scene.right_step();
  }
}

TEST(BadBox, OneRankPutsNothing) {
  Scene scene;
  for (int culprit = 0; culprit < scene.file.size(); ++culprit) {
    {
      auto step = scene.run.step(scene.next_time());
      if (scene.file.rank() != culprit) step.put(scene.field, scene.blocks);
      const bool nobody = scene.file.size() == 1;
      expect_error(nobody ? Wanted{ErrorCode::wrong_order, {"no rank put anything", "put a field or a scalar"}}
                          : Wanted{ErrorCode::not_covered,
                                   {"field 'field'", to_string(scene.blocks[static_cast<std::size_t>(culprit)][0])}},
                   [&] { step.commit(); });
    }
    scene.right_step();
  }
}

TEST(BadBox, LeavesCellsOutWithAFillValue) {
  Scene scene;
  const auto filled = scene.run.field<double>("filled", Grid{scene_shape}, {.fill = -1});
  auto step = scene.run.step(scene.next_time());
  step.put(scene.field, scene.blocks);
  step.put(filled, slabs({8, 5, 3}, scene.file.size(), 1));
  EXPECT_NO_THROW(step.commit());
}

TEST(BadArray, ExtentsAreNotBoxPlusHalo) {
  Scene scene;
  const std::vector<double> data(5000, 1.0);
  const Index box = scene.own_box().extents();
  const auto refuse = [&](const Index& extents, const Halo& halo) {
    scene.refuse_put({ErrorCode::shape_mismatch, {"field 'field'", "the array has the extents", "with_halo"}},
                     [&](TestStep& step) {
                       step.raw().put(scene.field.handle, scene.own_box(),
                                      tessera::array(data.data(), extents).with_halo(halo));
                     });
  };
  refuse({box[0] + 1, box[1], box[2]}, {});
  refuse({box[2], box[1], box[0] + 7}, {});
  refuse({box[0], box[1]}, {});
  refuse({box[0], box[1], box[2], 1}, {});
  refuse(box, {{1}, {1}});
  refuse({box[0] + 2, box[1] + 2, box[2] + 2}, {});
  refuse({box[0] + 2, box[1] + 2, box[2] + 2}, {{1}, {0}});
}

TEST(BadArray, StridesDoNotFitTheExtents) {
  Scene scene;
  const std::vector<double> data(5000, 1.0);
  scene.refuse_put({ErrorCode::shape_mismatch, {"field 'field'"}}, [&](TestStep& step) {
    step.raw().put(scene.field.handle, scene.own_box(),
                   tessera::array(data.data(), scene.own_box().extents(), {20, 4}));
  });
}

TEST(BadArray, ComponentsAreMissing) {
  Scene scene;
  const auto vector = scene.run.field<double>("vector", Grid{scene_shape}, {.components = 3, .fill = 0});
  const std::vector<double> data(5000, 1.0);
  scene.refuse_put({ErrorCode::shape_mismatch, {"field 'vector'", "and the components", ", 3)"}}, [&](TestStep& step) {
    step.raw().put(vector.handle, scene.own_box(), tessera::array(data.data(), scene.own_box().extents()));
  });
}

TEST(BadArray, HaloIsNegative) {
  Scene scene;
  scene.refuse_put({ErrorCode::shape_mismatch, {"field 'field'", "(-1,)", "negative width"}}, [&](TestStep& step) {
    const auto array = filled_array<double>(scene.own_box(), {}, 1, 1, 1);
    step.raw().put(scene.field.handle, scene.own_box(), tessera::with_halo(array, -1));
  });
}

TEST(BadArray, HaloIsWiderThanAnyArray) {
  Scene scene;
  scene.refuse_put({ErrorCode::shape_mismatch, {"field 'field'", "9223372036854775807"}}, [&](TestStep& step) {
    const auto array = filled_array<double>(scene.own_box(), {}, 1, 1, 1);
    step.raw().put(scene.field.handle, scene.own_box(), tessera::with_halo(array, INT64_MAX));
  });
}

TEST(BadArray, HaloHasTheWrongNumberOfWidths) {
  Scene scene;
  for (const Halo& halo : {Halo{{1, 1}, {}}, Halo{{}, {1, 1, 1, 1}}}) {
    scene.refuse_put({ErrorCode::shape_mismatch, {"field 'field'", "one width per axis (3)"}}, [&](TestStep& step) {
      const auto array = filled_array<double>(scene.own_box(), {}, 1, 1, 1);
      step.raw().put(scene.field.handle, scene.own_box(), array.with_halo(halo));
    });
  }
}

TEST(BadArray, NullPointer) {
  Scene scene;
  const double* nothing = nullptr;
  const Wanted wanted{ErrorCode::invalid_argument, {"field 'field'", "null pointer", "makes no put"}};
  scene.refuse_put(wanted, [&](TestStep& step) { step.raw().put(scene.field.handle, scene.own_box(), nothing); });
  scene.refuse_put(wanted, [&](TestStep& step) {
    step.raw().put(scene.field.handle, scene.own_box(), tessera::array(nothing, scene.own_box().extents()));
  });
}

TEST(BadArray, NullPointerOfAnEmptyBoxIsFine) {
  Scene scene;
  auto step = scene.run.step(scene.next_time());
  step.put(scene.field, scene.blocks);
  const double* nothing = nullptr;
  step.raw().put(scene.field.handle, Box{{0, 0, 0}, {0, 5, 4}}, nothing);
  EXPECT_NO_THROW(step.commit());
}

/// Cannot happen by accident in C++; other languages' bindings make handles themselves.
TEST(BadArray, TypeIsNotTheFields) {
  Scene scene;
  const std::vector<float> data(200, 1.0f);
  scene.refuse_put({ErrorCode::type_mismatch, {"field 'field'", "holds float64", "is of float32"}},
                   [&](TestStep& step) {
                     const tessera::Field<float> other(scene.field.handle.entry());
                     step.raw().put(other, scene.own_box(), data.data());
                   });
}

/// A failure between the agreements of a commit: on one rank memory for the copy cannot be had, or a view cannot be
/// read.
TEST(BadArray, HostCopyFails) {
  Scene scene;
  const auto vector = scene.run.field<float>("vector", Grid{scene_shape}, {.components = 3, .fill = 0});
  const auto failing =
      filled_array<double>(scene.own_box(), {}, 1, 1, 1).with_host_copy([]() -> std::shared_ptr<const double> {
        throw std::bad_alloc();
      });
  scene.refuse_put({ErrorCode::out_of_memory, {"out of memory", "use more nodes"}},
                   [&](TestStep& step) { step.raw().put(scene.field.handle, scene.own_box(), failing); });
  auto step = scene.run.step(scene.next_time());
  step.put(scene.field, scene.blocks);
  step.put(vector, slabs({8, 5, 3}, scene.file.size(), 1));
  EXPECT_NO_THROW(step.commit());
}

/// Whatever code of the caller throws is an error of all ranks.
TEST(BadArray, HostCopyThrowsWhatIsNoException) {
  Scene scene;
  const auto failing =
      filled_array<double>(scene.own_box(), {}, 1, 1, 1).with_host_copy([]() -> std::shared_ptr<const double> {
        throw 42;
      });
  scene.refuse_put({ErrorCode::internal, {"unexpected", "an exception of type int"}},
                   [&](TestStep& step) { step.raw().put(scene.field.handle, scene.own_box(), failing); });
}

/// The definitions that such a commit brought along stay, and are not made twice.
TEST(BadArray, HostCopyFailsInTheStepThatDefinesFieldAndScalar) {
  Scene scene;
  for (const std::set<int>& culprits : culprits()) {
    const std::string name = "new_" + std::to_string(culprits.size()) + "_" + std::to_string(*culprits.begin());
    const auto field = scene.run.field<double>(name, Grid{scene_shape}, {.fill = 0});
    scene.run.attribute("attribute_" + name, 1);
    {
      auto step = scene.run.step(scene.next_time());
      step.put(scene.field, scene.blocks);
      auto array = filled_array<double>(scene.own_box(), {}, 1, 1, 1);
      if (scene.is(culprits)) {
        array = array.with_host_copy([]() -> std::shared_ptr<const double> { throw std::bad_alloc(); });
      }
      step.raw().put(field.handle, scene.own_box(), array);
      expect_error({ErrorCode::out_of_memory, {"out of memory"}, culprits}, [&] { step.commit(); });
    }
    auto step = scene.run.step(scene.next_time());
    step.put(scene.field, scene.blocks);
    step.put(field, scene.blocks);
    EXPECT_NO_THROW(step.commit());
  }
}

}  // namespace
