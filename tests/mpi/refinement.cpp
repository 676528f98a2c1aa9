#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

#include <tessera/tessera.hpp>

#include "support/engine.hpp"
#include "support/failing_files.hpp"
#include "support/levels.hpp"
#include "support/same_error.hpp"
#include "support/test_file.hpp"

/// \file
/// Refinements whose boxes move, stay, or are all on one rank. tests/interop/check_refinement.py works out every box
/// and every value anew.

using namespace tessera_test;
using tessera::Writer;

namespace {

constexpr int steps = 6;

struct Fields {
  tessera::Refinement amr;
  tessera::RefinedField<double> density;   ///< with a halo
  tessera::RefinedField<float> velocity;   ///< an array for each component
  tessera::RefinedField<double> pressure;  ///< in Fortran's order, stored as float
  tessera::RefinedField<bool> burning;

  Fields(tessera::Run& run, std::int64_t chunk) : amr(run.refinement("amr", options(chunk))) {
    density = run.field<double>("density", amr, {.unit = "kg m-3"});
    velocity = run.field<float>("velocity", amr, {.unit = "m s-1", .components = 3});
    pressure = run.field<double>("pressure", amr, {.precision = tessera::Precision::single});
    burning = run.field<bool>("burning", amr);
  }

  static tessera::RefinementOptions options(std::int64_t chunk) {
    tessera::RefinementOptions result = levels_options;
    result.chunk_cells = chunk;
    return result;
  }

  void put(tessera::Step& step, int number) const {
    for (int level = 0; level < amr.levels(); ++level) {
      std::vector<tessera::ArrayRef<double>> with_halo, turned;
      std::vector<tessera::ComponentArrays<float>> vectors;
      std::vector<std::unique_ptr<bool[]>> truths;
      std::vector<tessera::ArrayRef<bool>> burns;
      std::vector<std::vector<double>> memory;
      std::vector<std::vector<float>> parts;
      memory.reserve(100);
      parts.reserve(100);
      for (const tessera::Box& box : amr.boxes(level)) {
        const auto keep = [](double value) { return value; };
        memory.push_back(level_values<double>(box, level, number, 1, keep));
        tessera::Index extents = box.extents();
        for (auto& extent : extents) extent += 2;
        with_halo.push_back(tessera::with_halo(tessera::array(memory.back().data(), extents), 1));
        for (int axis = 0; axis < 3; ++axis) {
          parts.push_back(level_values<float>(box, level, number, 0, [&](double value) {
            return static_cast<float>(static_cast<std::int64_t>(value) % 65536 + axis);
          }));
        }
        const auto part = [&](std::size_t back) {
          return tessera::array(parts[parts.size() - back].data(), box.extents());
        };
        vectors.push_back(tessera::components(part(3), part(2), part(1)));
        memory.push_back(fortran(box, level_values<double>(box, level, number, 0, keep)));
        const tessera::Index cells = box.extents();
        turned.push_back(tessera::array(memory.back().data(), cells, {1, cells[0], cells[0] * cells[1]}));
        const auto volume = static_cast<std::size_t>(box.volume());
        truths.push_back(std::make_unique<bool[]>(volume));
        const auto values = level_values<double>(box, level, number, 0, keep);
        for (std::size_t i = 0; i < volume; ++i) truths.back()[i] = static_cast<std::int64_t>(values[i]) % 3 == 0;
        burns.push_back(tessera::array(truths.back().get(), box.extents()));
      }
      step.put(density, level, with_halo);
      step.put(velocity, level, vectors);
      step.put(pressure, level, turned);
      step.put(burning, level, burns);
    }  // the memory is gone before the commit
  }

  static std::vector<double> fortran(const tessera::Box& box, const std::vector<double>& values) {
    const tessera::Index cells = box.extents();
    std::vector<double> turned(values.size());
    std::size_t at = 0;
    for (std::int64_t z = 0; z < cells[0]; ++z) {
      for (std::int64_t y = 0; y < cells[1]; ++y) {
        for (std::int64_t x = 0; x < cells[2]; ++x)
          turned[static_cast<std::size_t>(z + cells[0] * (y + cells[1] * x))] = values[at++];
      }
    }
    return turned;
  }
};

struct Case {
  const char* name;
  Kind kind;
  std::int64_t chunk;
  bool waits;
};

const Case cases[] = {{"moving", Kind::moving, 0, true},
                      {"steady", Kind::steady, 0, true},
                      {"last_rank", Kind::last_rank, 0, true},
                      {"chunks", Kind::moving, 64, true},
                      {"in_flight", Kind::moving, 64, false}};

/// In step 4 nobody puts any.
void write_steps(tessera::Run& run, const Fields& fields, const Case& c, int begin, int end) {
  for (int n = begin; n < end; ++n) {
    if (c.kind != Kind::steady || n == begin) run.regrid(fields.amr, own_boxes(c.kind, n, world_rank(), world_size()));
    auto step = run.step(0.5 * n);
    if (n != 4) fields.put(step, n);
    step.scalar("number", n);
    c.waits ? step.commit() : step.commit_async();
  }
}

tessera::Run run_of(Writer& out, const Case& c) {
  return out.run("r", {{"kind", static_cast<int>(c.kind)}, {"ranks", world_size()}});
}

class WriteRefinement : public testing::TestWithParam<Case> {};

TEST_P(WriteRefinement, HoldsEveryBox) {
  const Case& c = GetParam();
  Writer out(MPI_COMM_WORLD, std::string(c.name) + ".h5",
             {.overwrite = true, .paraview = tessera::SideFiles::both, .steps_in_flight = 3, .statistics = true});
  auto run = run_of(out, c);
  const Fields fields(run, c.chunk);
  write_steps(run, fields, c, 0, steps);
  out.close();
}

INSTANTIATE_TEST_SUITE_P(All, WriteRefinement, testing::ValuesIn(cases),
                         [](const auto& tested) { return std::string(tested.param.name); });

/// Jobs go on with it, and drop what they repeat.
TEST(Refinement, IsGoneOnWith) {
  if (is_collective()) GTEST_SKIP() << "the collective engine does not go on with files";
  const Case c{"appended", Kind::moving, 0, true};
  const auto job = [&](tessera::Options options, int keep, int end) {
    options.paraview = tessera::SideFiles::vtkhdf;
    Writer out(MPI_COMM_WORLD, "appended.h5", options);
    auto run = run_of(out, c);
    const Fields fields(run, 0);
    if (keep >= 0) run.keep(keep);
    write_steps(run, fields, c, std::max(0, keep), end);
    out.close();
  };
  job({.overwrite = true}, -1, 3);
  job({.open = tessera::OpenMode::append}, 3, 5);
  job({.open = tessera::OpenMode::append}, 1, 2);
  job({.open = tessera::OpenMode::append}, 2, steps);
}

/// A step that failed in flight leaves nothing; the next one has its boxes.
TEST(Refinement, AfterAStepInFlightThatFailed) {
  if (is_collective()) GTEST_SKIP() << "nothing is in flight with the collective engine";
  const Case c{"failed", Kind::moving, 0, true};
  const FailingFiles files;
  Writer out(MPI_COMM_WORLD, "failed.h5", {.overwrite = true, .steps_in_flight = 3});
  auto run = run_of(out, c);
  const Fields fields(run, 0);
  FailingFiles::fail = true;
  for (int n = 0; n < 2; ++n) {
    run.regrid(fields.amr, own_boxes(c.kind, 2 + n, world_rank(), world_size()));
    auto step = run.step(0.5 * n);
    fields.put(step, 2 + n);
    step.commit_async();
  }
  EXPECT_THROW(out.wait(), tessera::Error);
  FailingFiles::fail = false;
  write_steps(run, fields, c, 0, steps);
  out.close();
}

/// Two axes, one level, and a second refinement beside it.
TEST(Refinement, OfTwoAxesAndOneLevel) {
  Writer out(MPI_COMM_WORLD, "plane.h5", {.overwrite = true});
  auto run = out.run("plane");
  const auto amr = run.refinement("amr", {.cells = {4, 6}, .levels = 1});
  const auto other = run.refinement("other", {.cells = {2, 2}});
  const auto u = run.field<std::int32_t>("u", amr);
  const auto v = run.field<std::int32_t>("v", other);
  tessera::LevelBoxes own(1);
  if (world_rank() == 0) own[0] = {{{0, 0}, {4, 6}}};
  run.regrid(amr, own);
  if (world_rank() == 0) own = {{{{0, 0}, {2, 2}}}, {{{0, 0}, {2, 4}}}};
  run.regrid(other, own);
  for (int n = 0; n < 2; ++n) {
    auto step = run.step(n);
    std::vector<std::vector<std::int32_t>> values(amr.boxes(0).size(), std::vector<std::int32_t>(24, 5 + n));
    step.put(u, 0, values);
    if (n == 1 && world_rank() == 0) {
      step.put(v, 0, std::array{std::vector<std::int32_t>{1, 2, 3, 4}});
      step.put(v, 1, std::array{std::vector<std::int32_t>{1, 2, 3, 4, 5, 6, 7, 8}});
    }
    step.commit();
  }
  EXPECT_EQ(other.cells(1), (tessera::Index{4, 4}));
  EXPECT_THROW(other.cells(2), tessera::Error);
  EXPECT_EQ(other.name(), "other");
  EXPECT_EQ(other.ratio(0), 1);
  EXPECT_EQ(other.ratio(1), 2);
  EXPECT_EQ(other.spacing(1), (std::vector<double>{0.5, 0.5}));
  EXPECT_EQ(other.origin(), (std::vector<double>{0, 0}));
  EXPECT_THROW(tessera::Refinement().origin(), tessera::Error);
  out.close();
}

/// Each box by another rank than the one that wrote it, and some by all.
TEST(Refinement, IsReadBack) {
  const Case& c = cases[0];
  {
    Writer out(MPI_COMM_WORLD, "read.h5", {.overwrite = true});
    auto run = run_of(out, c);
    write_steps(run, Fields(run, c.chunk), c, 0, steps);
    out.close();
  }
  tessera::Reader in(MPI_COMM_WORLD, "read.h5");
  const tessera::StoredRefinement amr(in.run("r"), "amr");
  EXPECT_EQ(amr.levels(), 3);
  EXPECT_EQ(amr.cells(2), (tessera::Index{36, 48, 60}));
  EXPECT_EQ(amr.ratio(2), 3);
  EXPECT_EQ(amr.spacing(1), (std::vector<double>{0.25, 0.5, 1}));
  EXPECT_EQ(amr.origin(), (std::vector<double>{-1, 0, 1}));
  EXPECT_EQ(amr.fields(), (std::vector<std::string>{"density", "velocity", "pressure", "burning"}));
  for (int n = 0; n < steps; ++n) {
    auto step = amr.step(n);
    EXPECT_EQ(step.levels(), n == 4 ? 0 : n == 3 ? 1 : n % 2 == 0 ? 3 : 2);
    EXPECT_EQ(step.time(), 0.5 * n);
    std::vector<std::pair<tessera::Box, std::vector<double>>> read;
    std::vector<std::vector<float>> vectors;
    read.reserve(20);
    vectors.reserve(20);
    std::vector<int> levels;
    for (int level = 0; level < step.levels(); ++level) {
      for (std::size_t number = 0; number < step.boxes(level).size(); ++number) {
        const bool is_wanted = number == 0 || static_cast<int>(number + 1) % world_size() == world_rank();
        if (!is_wanted) continue;
        const tessera::Box& box = step.boxes(level)[number];
        const auto cells = static_cast<std::size_t>(box.volume());
        read.emplace_back(box, std::vector<double>(cells, -1));
        vectors.emplace_back(3 * cells, -1);
        levels.push_back(level);
        step.get("density", level, number, read.back().second);
        step.get("velocity", level, number, vectors.back().data());
      }
    }
    step.read();
    for (std::size_t i = 0; i < read.size(); ++i) {
      const auto& [box, values] = read[i];
      const auto wanted = level_values<double>(box, levels[i], n, 0, [](double value) { return value; });
      ASSERT_EQ(values, wanted) << to_string(box);
      for (std::size_t cell = 0; cell < wanted.size(); ++cell)
        ASSERT_EQ(vectors[i][3 * cell + 2], static_cast<float>(static_cast<std::int64_t>(wanted[cell]) % 65536 + 2));
    }
  }
  auto step = amr.step(-1);
  std::vector<double> none(1000);
  step.get("density", 0, 4, none.data());
  expect_error({tessera::ErrorCode::out_of_bounds, {"'density'", "4 boxes on level 0", "no box 4"}},
               [&] { step.read(); });
  step.get("density", 7, 0, none.data());
  expect_error({tessera::ErrorCode::not_found, {"'density' on refinement 'amr'", "none on level 7"}},
               [&] { step.read(); });
  step.get("heat", 0, 0, none.data());
  expect_error({tessera::ErrorCode::not_found, {"'amr' has no field 'heat'"}}, [&] { step.read(); });
  EXPECT_THROW(amr.cells(3), tessera::Error);
  EXPECT_THROW(tessera::StoredRefinement(in.run("r"), "none"), tessera::Error);
  expect_error({tessera::ErrorCode::not_found, {"step"}}, [&] { amr.step(99); });
  in.close();
}

}  // namespace
