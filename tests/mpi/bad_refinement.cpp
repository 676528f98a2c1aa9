#include <gtest/gtest.h>

#include <cmath>

#include <tessera/tessera.hpp>

#include "support/engine.hpp"
#include "support/same_error.hpp"
#include "support/test_file.hpp"

/// \file
/// Refinements that make no sense, boxes that do not fit, and puts that leave some out: one error on every rank, and
/// the next step is written.

using namespace tessera_test;
using tessera::ErrorCode;
using tessera::LevelBoxes;
using tessera::Writer;

namespace {

class BadRefinement : public testing::Test {
 protected:
  Writer out{MPI_COMM_WORLD, "bad_refinement.h5", {.overwrite = true}};
  tessera::Run run = out.run("r");
  const bool last = world_rank() == world_size() - 1;

  void refuses(const std::vector<std::string>& parts, const tessera::RefinementOptions& options) {
    expect_error({ErrorCode::invalid_argument, parts}, [&] { run.refinement("bad", options); });
  }
  /// The last rank's boxes make no sense.
  void refuses_boxes(ErrorCode code, const std::vector<std::string>& parts, const tessera::Refinement& amr,
                     LevelBoxes boxes) {
    if (!last) boxes.clear();
    expect_error({code, parts}, [&] { run.regrid(amr, boxes); });
  }
  void fails(ErrorCode code, const std::vector<std::string>& parts, const auto& put) {
    auto step = run.step(static_cast<double>(run.steps()));
    put(step);
    expect_error({code, parts}, [&] { step.commit(); });
  }
};

TEST_F(BadRefinement, Definitions) {
  refuses({"RefinementOptions::cells", "2 or 3 axes"}, {.cells = {4}});
  refuses({"RefinementOptions::cells is (4, 0)", "1 or more"}, {.cells = {4, 0}});
  refuses({"levels is 0", "1 to 30"}, {.cells = {4, 4}, .levels = 0});
  refuses({"ratio has the value 1", "2 or more"}, {.cells = {4, 4}, .ratio = {1}});
  refuses({"ratio has 3 values for 2 levels"}, {.cells = {4, 4}, .levels = 3, .ratio = {2, 2, 2}});
  const auto refuses_ratios = [&](const std::vector<std::string>& parts, std::vector<tessera::Index> ratios) {
    refuses(parts, {.cells = {4, 4}, .levels = 3, .axis_ratios = std::move(ratios)});
  };
  refuses_ratios({"axis_ratios has (1, 1)", "2 or more for some"}, {{1, 1}});
  refuses_ratios({"axis_ratios has (2, 0)", "1 or more for each"}, {{2, 0}});
  refuses_ratios({"axis_ratios has (2, 2, 2) for 2 axes"}, {{2, 2, 2}});
  refuses_ratios({"axis_ratios has 3 lists for 2 levels"}, {{1, 2}, {2, 1}, {2, 2}});
  refuses({"ratio and axis_ratios are both given"}, {.cells = {4, 4}, .ratio = {3}, .axis_ratios = {{1, 2}}});
  refuses({"spacing", "not positive"}, {.cells = {4, 4}, .spacing = {-1}});
  refuses({"origin", "not finite"}, {.cells = {4, 4}, .origin = {std::nan("")}});
  refuses({"origin has 3 values for 2 axes"}, {.cells = {4, 4}, .origin = {0, 0, 0}});
  refuses({"chunk_cells is -1"}, {.cells = {4, 4}, .chunk_cells = -1});
  refuses({"2^63 cells or more"}, {.cells = {4, 4, 4}, .levels = 30, .ratio = {8}});
  const std::int64_t half = std::int64_t{1} << 32;
  refuses({"level 0 has 2^63 cells or more"}, {.cells = {half, half}, .levels = 1});
  expect_error({ErrorCode::invalid_argument, {"refinement", "is empty"}}, [&] {
    run.refinement("", {.cells = {4, 4}});
  });
  // What failed in part is not there.
  run.field<double>("bad_level1_box", tessera::Grid{{4}});
  expect_error({ErrorCode::name_in_use, {"'bad_level1_box'"}}, [&] { run.refinement("bad", {.cells = {4, 4}}); });
  const auto amr = run.refinement("bad", {.cells = {4, 4}, .levels = 1});
  expect_error({ErrorCode::name_in_use, {"'bad_level0_boxes'", "asked for before"}}, [&] {
    run.refinement("bad", {.cells = {4, 4}, .levels = 1});
  });
  expect_error({ErrorCode::wrong_order, {"not of this run"}}, [&] { run.field<double>("f", tessera::Refinement()); });
  expect_error({ErrorCode::wrong_order, {"not of this run"}}, [&] { out.run("other").field<double>("f", amr); });
  expect_error({ErrorCode::invalid_argument, {"field", "is empty"}}, [&] { run.field<double>("", amr); });
  if (world_size() == 1) return;
  expect_error({ErrorCode::ranks_disagree, {"field('f'", "refinement 'bad'"}},
               [&] { world_rank() == 0 ? run.field<double>("f", amr) : run.field<double>("f", amr, {.unit = "m"}); });
  expect_error({ErrorCode::ranks_disagree, {"refinement('d'"}}, [&] {
    run.refinement("d", {.cells = {4, 4 + world_rank()}});
  });
}

TEST_F(BadRefinement, Boxes) {
  const auto amr = run.refinement("amr", {.cells = {4, 8}, .levels = 3});
  const tessera::Box all{{0, 0}, {4, 8}};
  const auto refused = [&](ErrorCode code, const std::vector<std::string>& parts, const LevelBoxes& boxes) {
    refuses_boxes(code, parts, amr, boxes);
  };
  refused(ErrorCode::invalid_argument, {"'amr'", "level 0", "number 1 of this rank", "2 axes"}, {{all, {{0}, {2}}}});
  refused(ErrorCode::invalid_argument, {"level 1", "no cells"}, {{all}, {{{4, 4}, {4, 8}}}});
  refused(ErrorCode::out_of_bounds, {"level 1", "[2:10, 0:4]", "domain [0:8, 0:16]"}, {{all}, {{{2, 0}, {10, 4}}}});
  refused(ErrorCode::invalid_argument, {"[0:4, 1:4]", "cuts cells of level 0", "ratio, 2"},
          {{all}, {{{0, 1}, {4, 4}}}});
  refused(ErrorCode::invalid_argument, {"boxes of 4 levels"}, LevelBoxes(4));
  refused(ErrorCode::overlap, {"level 1", "[0:4, 0:4]", "[2:6, 2:6]", "cells [2:4, 2:4]"},
          {{all}, {{{0, 0}, {4, 4}}, {{2, 2}, {6, 6}}}});
  refused(ErrorCode::not_covered, {"level 2", "[4:12, 4:12]", "not inside the boxes of level 1", "refine level 1"},
          {{all}, {{{0, 0}, {4, 4}}}, {{{4, 4}, {12, 12}}}});
  refused(ErrorCode::not_covered, {"level 0", "16 of the domain's 32 cells"}, {{{{0, 0}, {4, 4}}}});
  // Of two ranks.
  if (world_size() > 1) {
    expect_error({ErrorCode::overlap, {"[0:4, 0:8]", "rank 0, number 0", "share the cells"}},
                 [&] { run.regrid(amr, world_rank() < 2 ? LevelBoxes{{all}} : LevelBoxes{}); });
  }
  refused(ErrorCode::not_covered, {"level 2", "[0:16, 0:32]", "not inside the boxes of level 1"},
          {{all}, {{{0, 0}, {2, 2}}}, {{{0, 0}, {16, 32}}}});
  expect_error({ErrorCode::wrong_order, {"not of run 'r'"}}, [&] { run.regrid(tessera::Refinement(), {}); });
  auto step = run.step(0);
  expect_error({ErrorCode::wrong_order, {"step of run 'r' is open"}}, [&] { run.regrid(amr, {}); });
  step.commit();
  run.regrid(amr, last ? LevelBoxes{{all}, {{{0, 0}, {4, 4}}}} : LevelBoxes{});
  EXPECT_EQ(amr.boxes(1).size(), last ? 1U : 0U);
}

/// A field that fails on a later level is on none; the next commit goes on.
TEST_F(BadRefinement, FieldsAreThereOnAllLevelsOrNone) {
  const auto amr = run.refinement("amr", {.cells = {4, 8}, .levels = 12});
  const auto u = run.field<double>("u", amr);
  run.field<double>("v_level1", tessera::Grid{{4}}, {.fill = 0.0});
  expect_error({ErrorCode::name_in_use, {"field 'v' on refinement 'amr'", "'v_level1'"}},
               [&] { run.field<double>("v", amr); });
  const std::string longest(255 - 7, 'x');  // with the level's number, of which 10 and 11 have a digit more
  expect_error({ErrorCode::invalid_argument, {"on refinement 'amr'"}}, [&] { run.field<double>(longest, amr); });
  run.regrid(amr, last ? LevelBoxes{{{{0, 0}, {4, 8}}}} : LevelBoxes{});
  auto step = run.step(0);
  if (last) step.put(u, 0, std::vector(1, std::vector<double>(32, 1.5)));
  step.commit();
  out.close();
}

/// More than memory can have, in few boxes.
TEST_F(BadRefinement, CopiesThatAreTooLarge) {
  const tessera::Index cells{std::int64_t{1} << 31, std::int64_t{1} << 30};
  const auto amr = run.refinement("amr", {.cells = cells, .levels = 1});
  const auto u = run.field<double>("u", amr);
  run.regrid(amr, last ? LevelBoxes{{{{0, 0}, {cells[0], cells[1]}}}} : LevelBoxes{});
  const double one = 1;
  fails(ErrorCode::out_of_memory, {"'u' on level 0 of refinement 'amr'", "the copy of its values"}, [&](auto& step) {
    if (last) step.put(u, 0, std::vector{tessera::array(&one, cells, {0, 0})});
  });
}

TEST_F(BadRefinement, Puts) {
  const auto amr = run.refinement("amr", {.cells = {4, 8}});
  const auto u = run.field<double>("u", amr);
  const auto v = run.field<double>("v", amr, {.components = 2});
  using Arrays = std::vector<std::vector<double>>;
  const auto level_0 = [&](tessera::Step& step, std::size_t factor) {
    if (amr.boxes(0).empty()) return;
    step.put(u, 0, Arrays(1, std::vector<double>(32, 1.5)));
    step.put(v, 0, Arrays(1, std::vector<double>(32 * factor, 2.5)));
  };
  fails(ErrorCode::wrong_order, {"'amr' has no boxes yet", "Run::regrid"}, [&](auto& step) {
    if (last) step.put(u, 0, Arrays());
  });
  // Level 0 on the last rank, level 1 on the first.
  LevelBoxes own(2);
  if (last) own[0] = {{{0, 0}, {4, 8}}};
  if (world_rank() == 0) own[1] = {{{2, 2}, {4, 4}}, {{4, 4}, {8, 8}}};
  run.regrid(amr, own);
  const auto level_1 = [&](tessera::Step& step) {
    if (world_rank() != 0) return;
    step.put(u, 1, Arrays{std::vector<double>(4, 3.5), std::vector<double>(16, 4.5)});
    step.put(v, 1, Arrays{std::vector<double>(8, 3.5), std::vector<double>(32, 4.5)});
  };
  fails(ErrorCode::shape_mismatch, {"'u' on level 1 of refinement 'amr'", "1 arrays", "2 boxes"}, [&](auto& step) {
    if (world_rank() == 0) step.put(u, 1, Arrays{std::vector<double>(4)});
  });
  fails(ErrorCode::shape_mismatch, {"level 0 of refinement 'amr'", "number 0", "field 'v'", "32 elements", "needs 64"},
        [&](auto& step) { level_0(step, 1); });
  fails(ErrorCode::invalid_argument, {"'amr' has 2 levels", "level 7"}, [&](auto& step) {
    if (last) step.put(u, 7, Arrays());
  });
  fails(ErrorCode::not_covered, {"field 'v' was not put on level 1 of refinement 'amr'"}, [&](auto& step) {
    level_0(step, 2);
    if (world_rank() == 0) step.put(u, 1, Arrays{std::vector<double>(4), std::vector<double>(16)});
  });
  // One rank leaves out a level; all it has.
  fails(ErrorCode::not_covered, {"level 1", "'amr'", world_size() == 1 ? "on another level" : "other ranks put"},
        [&](auto& step) { level_0(step, 2); });
  fails(ErrorCode::overlap, {"'u' on level 0 of refinement 'amr'", "put twice"}, [&](auto& step) {
    level_0(step, 2);
    level_1(step);
    if (last) step.put(u, 0, Arrays(1, std::vector<double>(32)));
  });
  auto statics = run.statics();
  if (last) statics.put(u, 0, Arrays(1, std::vector<double>(32)));
  expect_error({ErrorCode::wrong_order, {"'u' on refinement 'amr'", "Run::step"}}, [&] { statics.commit(); });
  // The writer goes on. A step without any, and one with all; then, after a regrid, a rank that leaves its share out.
  for (int n = 0; n < 3; ++n) {
    auto step = run.step(static_cast<double>(run.steps()));
    if (n > 0) level_0(step, 2);
    if (n > 0) level_1(step);
    step.commit();
  }
  if (world_size() > 2) {  // all others have as many rows as before
    if (world_rank() == 1) own[1] = {{{0, 12}, {4, 16}}};
    run.regrid(amr, own);
    fails(ErrorCode::not_covered, {"level 1 of refinement 'amr'", "other ranks put", "1 boxes"}, [&](auto& step) {
      level_0(step, 2);
      level_1(step);
    });
  }
  EXPECT_EQ(run.steps(), 3);
  auto other = out.run("other");
  auto step = other.step(0);
  if (last) step.put(u, 0, Arrays(1, std::vector<double>(32)));
  expect_error({ErrorCode::wrong_order, {"'amr' is of run 'r'", "run 'other'"}}, [&] { step.commit(); });
  out.close();
  if (is_collective()) return;
  Writer next(MPI_COMM_WORLD, "bad_refinement.h5", {.open = tessera::OpenMode::append});
  auto again = next.run("r");
  expect_error({ErrorCode::name_in_use, {"'amr_level0_box'", "domain_cells"}}, [&] {
    again.refinement("amr", {.cells = {4, 6}});
  });
  const auto same = again.refinement("amr", {.cells = {4, 8}});
  const auto again_u = again.field<double>("u", same);
  again.regrid(same, last ? LevelBoxes{{{{0, 0}, {4, 8}}}} : LevelBoxes{});
  auto further = again.step(99);
  if (last) further.put(again_u, 0, Arrays(1, std::vector<double>(32)));
  expect_error({ErrorCode::not_covered, {"field 'v' on level 0 of refinement 'amr'", "without a fill value"}},
               [&] { further.commit(); });
  next.close();
}

}  // namespace
