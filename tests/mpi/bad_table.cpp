#include <gtest/gtest.h>

#include <tessera/tessera.hpp>

#include "support/engine.hpp"
#include "support/same_error.hpp"
#include "support/test_file.hpp"

/// \file
/// Tables that make no sense, and rows that do not fit: one error on every rank, and the next step is written.

using namespace tessera_test;
using tessera::ErrorCode;
using tessera::Writer;

namespace {

class BadTable : public testing::Test {
 protected:
  Writer out{MPI_COMM_WORLD, "bad_table.h5", {.overwrite = true}};
  tessera::Run run = out.run("r");

  void fails(ErrorCode code, const std::vector<std::string>& parts, const auto& put) {
    auto step = run.step(static_cast<double>(run.steps()));
    put(step);
    expect_error({code, parts}, [&] { step.commit(); });
  }
};

TEST_F(BadTable, Definitions) {
  auto table = run.table("p");
  expect_error({ErrorCode::name_in_use, {"table 'p'", "asked for before"}}, [&] { run.table("p"); });
  expect_error({ErrorCode::invalid_argument, {"'q'", "-1 rows"}}, [&] { run.table("q", {.chunk_rows = -1}); });
  expect_error({ErrorCode::invalid_argument, {"table name ''"}}, [&] { run.table(""); });
  run.field<double>("f", tessera::Grid{{4}});
  expect_error({ErrorCode::name_in_use, {"'f'", "a field"}}, [&] { run.field<double>("f", table); });
  expect_error({ErrorCode::name_in_use, {"'p_count'", "scalar"}}, [&] { run.field<double>("p_count", table); });
  expect_error({ErrorCode::wrong_order, {"'g'", "not of this run"}}, [&] { run.field<double>("g", tessera::Table()); });
  auto other = out.run("other").table("p");
  expect_error({ErrorCode::wrong_order, {"'g'", "not of this run"}}, [&] { run.field<double>("g", other); });
  expect_error({ErrorCode::name_in_use, {"'rows_of'"}}, [&] {
    run.field<double>("g", tessera::Grid{{4}}, {.attributes = {{"rows_of", "p"}}});
  });
  if (world_size() == 1) return;
  expect_error({ErrorCode::ranks_disagree, {"table('d'"}},
               [&] { run.table("d", {.chunk_rows = world_rank() == 0 ? 3 : 4}); });
}

/// A position that is no column, or no place.
TEST_F(BadTable, Position) {
  const auto table = run.table("p", {.position = "where"});
  expect_error({ErrorCode::invalid_argument, {"'where'", "position of table 'p'", "three components", "2 of float64"}},
               [&] { run.field<double>("where", table, {.components = 2}); });
  expect_error({ErrorCode::invalid_argument, {"'where'", "3 of int32", "TableOptions::position"}},
               [&] { run.field<std::int32_t>("where", table, {.components = 3}); });
  const auto age = run.field<double>("age", table);
  const bool last = world_rank() == world_size() - 1;
  run.step(0).commit();  // without rows nobody misses it
  for (int n = 0; n < 2; ++n) {
    fails(ErrorCode::not_found, {"table 'p' of run 'r'", "no column 'where'", "TableOptions::position", "Run::field"},
          [&](auto& step) {
            if (last) step.put(age, std::vector<double>(4, 1.5));
          });
  }
  const auto where = run.field<float>("where", table, {.components = 3});
  auto step = run.step(1);
  if (last) step.put(age, std::vector<double>(4, 1.5));
  if (last) step.put(where, std::vector<float>(12, 2.5F));
  step.commit();
  EXPECT_EQ(run.steps(), 2);
  out.close();
}

TEST_F(BadTable, Puts) {
  const auto table = run.table("p");
  const auto a = run.field<double>("a", table);
  const auto b = run.field<double>("b", table, {.components = 2});
  const bool last = world_rank() == world_size() - 1;
  std::vector<double> values(12, 1.5);
  fails(ErrorCode::not_covered, {"'b'", "was not put", "12 rows"}, [&](auto& step) {
    if (last) step.put(a, values);
  });
  fails(ErrorCode::shape_mismatch, {"'b'", "6 rows", "'a'", "12"}, [&](auto& step) {
    if (last) step.put(a, values);
    if (last) step.put(b, tessera::copied(values));
  });
  fails(ErrorCode::shape_mismatch, {"'b'", "11 elements"}, [&](auto& step) {
    if (last) step.put(b, std::vector<double>(11));
  });
  fails(ErrorCode::invalid_argument, {"'a'", "pointer"}, [&](auto& step) {
    if (last) step.put(a, values.data());
  });
  fails(ErrorCode::wrong_order, {"'a'", "without a box"}, [&](auto& step) {
    if (last) step.put(a, {{0}, {12}}, values);
  });
  fails(ErrorCode::overlap, {"'a'", "put twice"}, [&](auto& step) {
    if (last) step.put(a, values);
    if (last) step.put(a, tessera::copied(values));
  });
  fails(ErrorCode::name_in_use, {"'p_count'", "table 'p'"}, [&](auto& step) { step.scalar("p_count", 3); });
  auto statics = run.statics();
  if (last) statics.put(a, values);
  expect_error({ErrorCode::wrong_order, {"'a'", "Run::step"}}, [&] { statics.commit(); });
  // The writer goes on; a step may have no rows, and nothing else.
  run.step(static_cast<double>(run.steps())).commit();
  auto step = run.step(static_cast<double>(run.steps()));
  if (last) step.put(a, std::vector<double>(6, 2.5));
  if (last) step.put(b, tessera::copied(values));
  step.commit();
  EXPECT_EQ(run.steps(), 2);
  expect_error({ErrorCode::not_covered, {"'c'", "has rows", "FieldOptions::fill"}},
               [&] { run.field<double>("c", table); });
  const auto wide = run.table("wide", {.chunk_rows = std::int64_t{1} << 20});
  expect_error({ErrorCode::invalid_argument, {"'d'", "table 'wide'", "4 GiB"}},
               [&] { run.field<double>("d", wide, {.components = 1024}); });
  out.close();
  if (is_collective()) return;
  Writer next(MPI_COMM_WORLD, "bad_table.h5", {.open = tessera::OpenMode::append});
  auto again = next.run("r");
  const auto rows = again.table("p");
  const auto a_alone = again.field<double>("a", rows);
  auto third = again.step(3);
  if (last) third.put(a_alone, tessera::with_halo(std::vector<double>(6, 2.5), 1));
  expect_error({ErrorCode::not_covered, {"'b'", "in the file", "Run::field"}}, [&] { third.commit(); });
  const auto b_too = again.field<double>("b", rows, {.components = 2});
  auto fourth = again.step(3);
  if (last) fourth.put(a_alone, tessera::with_halo(std::vector<double>(6, 2.5), 1));
  if (last) fourth.put(b_too, std::vector<double>(8, 3.5));
  fourth.commit();
  next.close();
}

}  // namespace
