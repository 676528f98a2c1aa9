#include <gtest/gtest.h>

#include <map>
#include <string>

#include "schema/catalog.hpp"

namespace tessera::schema {
namespace {

/// A run with a table of one column.
struct CatalogTablesTest : testing::Test {
  CatalogTablesTest() {
    catalog.define_root("made", {});
    run = catalog.add_run("r", {}, {});
    catalog.add_table(run, "p", {.chunk_rows = 8});
    x = add_column("x");
  }
  int add_column(const std::string& name, const FieldOptions<double>& options = {.time_dependent = false}) {
    Field column =
        describe(*catalog.group(run).run, name, std::vector{rows_axis("p")}, detail::untyped(options), Codec{});
    column.table = "p";
    return catalog.add_field(run, column);
  }
  /// Lengths of datasets that the step sets, and the values of series that it writes.
  std::map<std::string, double> step(std::int64_t rows) {
    const double time = static_cast<double>(catalog.group(run).steps);
    catalog.set_rows(run, "p", rows, 2);
    const std::vector<int> fields = rows > 0 ? std::vector{x} : std::vector<int>{};
    catalog.define_step(run, true, fields, {});
    first_chunk = catalog.first_chunk(run, catalog.field(run, x).field);
    const StepChanges changes = catalog.add_step(run, &time, fields, {});
    catalog.settle();
    std::map<std::string, double> result;
    for (const auto* lengths : {&changes.fields, &changes.series}) {
      for (const SetLength& one : *lengths) result["length of " + one.path] = static_cast<double>(one.length);
    }
    for (const SetLength& one : changes.undo) result["undo " + one.path] = static_cast<double>(one.length);
    for (const WriteValues& one : changes.values) result[one.path] = one.values.at(0);
    return result;
  }
  Catalog catalog{Catalog::Limits{}};
  int run = 0;
  int x = 0;
  std::int64_t first_chunk = 0;
};

TEST_F(CatalogTablesTest, RowsOfAStepBeginWithAChunk) {
  auto changes = step(5);
  EXPECT_EQ(changes["/r/p_begin"], 0);
  EXPECT_EQ(changes["/r/p_count"], 5);
  EXPECT_EQ(changes["length of /r/x"], 5);
  EXPECT_EQ(changes["length of /r/p_row"], 5);
  EXPECT_EQ(first_chunk, 0);
  changes = step(9);
  EXPECT_EQ(changes["/r/p_begin"], 8);
  EXPECT_EQ(changes["length of /r/x"], 17);
  EXPECT_EQ(changes["undo /r/x"], 5);
  EXPECT_EQ(first_chunk, 1);
  changes = step(0);
  EXPECT_EQ(changes["/r/p_count"], 0);
  EXPECT_FALSE(changes.contains("length of /r/x"));
  EXPECT_EQ(changes["length of /r/p_count"], 3);
  changes = step(8);
  EXPECT_EQ(changes["/r/p_begin"], 24);
  EXPECT_EQ(first_chunk, 3);
  EXPECT_EQ(step(1)["/r/p_begin"], 32);
}

TEST_F(CatalogTablesTest, AColumnThatComesLaterIsAsLongAsTheOthers) {
  step(5);
  step(9);
  const int y = add_column("y", {.time_dependent = false, .fill = 0.0});
  catalog.set_rows(run, "p", 3, 2);
  EXPECT_EQ(catalog.field(run, y).field.chunk, Index{8});
  catalog.define_step(run, true, {x, y}, {});
  std::int64_t length = -1;
  for (const Operation& operation : catalog.queued()) {
    const auto* made = std::get_if<CreateDataset>(&operation);
    if (made != nullptr && made->path == "/r/y") length = made->shape[0];
  }
  EXPECT_EQ(length, 17);
}

TEST(RowSeries, EndsWithTheLastStepThatHasRows) {
  const RowSeries rows{{0, 8, 0, 24}, {5, 9, 0, 8}};
  EXPECT_EQ(rows.end_of(0), 0);
  EXPECT_EQ(rows.end_of(2), 17);
  EXPECT_EQ(rows.end_of(3), 17);
  EXPECT_EQ(rows.end_of(4), 32);
}

TEST(ChunkRows, AreSeveralARankAndNeitherSmallNorLarge) {
  EXPECT_EQ(chosen_chunk_rows(10, 8, 2), 8192);
  EXPECT_EQ(chosen_chunk_rows(1 << 20, 8, 4), 65536);
  EXPECT_EQ(chosen_chunk_rows(std::int64_t{1} << 40, 8, 4), 262144);
  EXPECT_EQ(chosen_chunk_rows(3, std::int64_t{1} << 30, 1), 1);
}

}  // namespace
}  // namespace tessera::schema
