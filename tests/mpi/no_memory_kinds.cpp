#include <gtest/gtest.h>
#include <hdf5.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <tessera/tessera.hpp>

#include "../support/row_of_squares.hpp"
#include "support/failing_program.hpp"
#include "support/scene.hpp"

/// \file
/// As no_memory.cpp, of a refinement, versions of a mesh, a table, and a time axis that has some of the steps.

using namespace tessera_test;

namespace {

constexpr int steps = 3;

/// In the second step boxes stay, in the third level 1 moves.
tessera::LevelBoxes boxes_at(int step) {
  const std::int64_t first = 4 * world_rank() / world_size(), end = 4 * (world_rank() + 1) / world_size();
  const std::int64_t x = step == 2 ? 4 : 0;
  return {{{{first, 0}, {end, 6}}}, {{{2 * first, x}, {2 * end, x + 4}}}};
}

/// An array for each box of this rank on a level: it has one on each.
std::vector<std::vector<double>> arrays(int step, std::size_t level) {
  return {std::vector<double>(static_cast<std::size_t>(boxes_at(step)[level].front().volume()), step + 0.5)};
}

/// The caller's own memory, made beforehand. Names are longer than what a std::string holds without memory.
struct Given {
  const std::string path = output_path();
  const std::string table = "a_table_whose_name_takes_memory";
  const std::string column = "a_column_whose_name_takes_memory";
  const std::string refinement = "a_refinement_whose_name_takes_memory";
  const std::string refined = "a_field_on_it_whose_name_takes_memory";
  const std::string mesh = "a_mesh_whose_name_takes_memory";
  const std::string on_nodes = "a_field_on_nodes_whose_name_takes_memory";
  const std::string rare = "a_field_of_some_steps_whose_name_takes_memory";
  const std::string scalar = "a_scalar_of_some_steps_and_some_length";
  const tessera::Options options{.overwrite = true, .reader_grace_ms = 0, .threads = 1};
  const tessera::RefinementOptions levels{.cells = {4, 6}, .chunk_cells = 8};
  const tessera::FieldOptions<double> some_steps{.chunk = {2, scene_shape[0], scene_shape[1], scene_shape[2]},
                                                 .time_axis = "an_axis_whose_name_takes_memory"};
  const tessera::FieldOptions<double> plain{};
  const tessera::ScalarOptions scalar_of_some{.time_axis = "an_axis_whose_name_takes_memory"};
  const tessera::Grid grid{scene_shape, {}};
  const std::vector<tessera::LevelBoxes> boxes{boxes_at(0), boxes_at(1), boxes_at(2)};
  const RowOfSquares squares[2] = {{6, world_rank(), world_size()}, {8, world_rank(), world_size()}};
  const std::vector<std::vector<double>> levels_of[steps][2] = {{arrays(0, 0), arrays(0, 1)},
                                                                {arrays(1, 0), arrays(1, 1)},
                                                                {arrays(2, 0), arrays(2, 1)}};
  const std::vector<double> at_nodes = std::vector<double>(18, 3.5);
  const std::vector<double> values = std::vector<double>(scene_shape[0] * 20, 1.5);
  const std::vector<double> rows = std::vector<double>(static_cast<std::size_t>(world_rank() + 1), 2.5);
};

class Program : public FailingProgram {
 public:
  explicit Program(const Failure& failure) : FailingProgram(failure) {}

  /// \returns whether an allocation failed
  bool run() {
    make([&] { writer_.emplace(MPI_COMM_WORLD, given_.path, given_.options); });
    make([&] { run_.emplace(writer_->run("r")); });
    make([&] { table_.emplace(run_->table(given_.table)); });
    make([&] { column_.emplace(run_->field<double>(given_.column, *table_, given_.plain)); });
    make([&] { amr_.emplace(run_->refinement(given_.refinement, given_.levels)); });
    make([&] { refined_.emplace(run_->field<double>(given_.refined, *amr_, given_.plain)); });
    make([&] { rare_.emplace(run_->field<double>(given_.rare, given_.grid, given_.some_steps)); });
    make([&] { run_->scalar(given_.scalar, given_.scalar_of_some); });
    for (int n = 0; n < steps; ++n) {
      if (n < 2) use_version(n);
      make([&] { run_->regrid(*amr_, given_.boxes[static_cast<std::size_t>(n)]); });
      make([&] { commit(n); });
    }
    make([&] { writer_->close(); });
    run_through([&] { writer_.reset(); });
    MPI_Barrier(MPI_COMM_WORLD);
    if (world_rank() == 0) expect_file();
    return has_failed();
  }

 private:
  void use_version(int number) {
    const tessera::MeshOptions options{.dimensions = 2, .version = number + 1};
    make([&] { mesh_.emplace(run_->mesh(given_.mesh, given_.squares[number].part(), options)); });
    make([&] { on_nodes_.emplace(run_->field<double>(given_.on_nodes, mesh_->nodes(), given_.plain)); });
  }

  void commit(int n) {
    const bool is_rare = n != 1;
    auto step = run_->step(n);
    step.put(*column_, given_.rows);
    for (int level = 0; level < 2; ++level) step.put(*refined_, level, given_.levels_of[n][level]);
    const auto nodes = static_cast<std::int64_t>(given_.squares[n == 0 ? 0 : 1].nodes.size());
    step.put(*on_nodes_, tessera::array(given_.at_nodes.data(), {nodes}));
    if (is_rare && world_rank() == 0) step.put(*rare_, {{0, 0, 0}, scene_shape}, given_.values.data());
    if (is_rare) step.scalar(given_.scalar, n);
    step.commit();
  }

  /// Read with HDF5 itself.
  void expect_file() const {
    const hid_t file = H5Fopen(given_.path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    ASSERT_GE(file, 0);
    const auto read = [&](const std::string& name) { return numbers(file, "/r/" + name); };
    const double rows = world_size() * (world_size() + 1) / 2;
    EXPECT_EQ(read(given_.table + "_count"), std::vector<double>(steps, rows));
    EXPECT_EQ(read(given_.mesh + "_version"), (std::vector<double>{1, 2, 2}));
    EXPECT_EQ(read("an_axis_whose_name_takes_memory"), (std::vector<double>{0, 2}));
    EXPECT_EQ(read(given_.scalar), (std::vector<double>{0, 2}));
    EXPECT_EQ(read(given_.rare), std::vector<double>(2 * given_.values.size(), 1.5));
    for (int level = 0; level < 2; ++level) {
      const std::string name = given_.refinement + "_level" + std::to_string(level);
      const auto boxes = read(name + "_boxes_begin");
      ASSERT_EQ(boxes.size(), static_cast<std::size_t>(steps));
      EXPECT_EQ(boxes[0], boxes[1]);
      EXPECT_EQ(boxes[2] > boxes[0], level == 1) << "only level 1 moves";
      const auto begins = read(name + "_cells_begin"), counts = read(name + "_cells_count");
      const auto values = read(given_.refined + "_level" + std::to_string(level));
      for (std::size_t n = 0; n < static_cast<std::size_t>(steps); ++n) {
        EXPECT_EQ(counts.at(n), level == 0 ? 24 : 32);
        for (std::size_t i = 0; i < static_cast<std::size_t>(counts.at(n)); ++i)
          ASSERT_EQ(values.at(static_cast<std::size_t>(begins.at(n)) + i), static_cast<double>(n) + 0.5);
      }
    }
    H5Fclose(file);
  }

  static std::vector<double> numbers(hid_t file, const std::string& path) {
    const hid_t dataset = H5Dopen2(file, path.c_str(), H5P_DEFAULT);
    const hid_t space = H5Dget_space(dataset);
    std::vector<double> values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)), -1);
    EXPECT_GE(H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), 0) << path;
    H5Sclose(space);
    H5Dclose(dataset);
    return values;
  }

  Given given_;
  std::optional<tessera::Writer> writer_;
  std::optional<tessera::Run> run_;
  std::optional<tessera::Table> table_;
  std::optional<tessera::Field<double>> column_;
  std::optional<tessera::Refinement> amr_;
  std::optional<tessera::RefinedField<double>> refined_;
  std::optional<tessera::Mesh> mesh_;
  std::optional<tessera::Field<double>> on_nodes_;
  std::optional<tessera::Field<double>> rare_;
};

constexpr std::size_t stride = 1009;

TEST(NoMemoryForKinds, Once) { fail_some_or_all<Program>(false, stride); }

TEST(NoMemoryForKinds, UntilTheCallEnds) { fail_some_or_all<Program>(true, stride); }

/// Allocations that puts make for themselves, before the library has the values: the commit tells, of all but those
/// that an algorithm does without (the buffer of a stable sort).
TEST(NoMemoryForKinds, OfPutsIsNoted) {
  tessera::Writer out(MPI_COMM_WORLD, output_path(), {.overwrite = true});
  auto run = out.run("r");
  const auto amr = run.refinement("amr", {.cells = {4, 6}, .levels = 1});
  const auto refined = run.field<double>("refined", amr);
  const auto column = run.field<double>("column", run.table("rows"));
  run.regrid(amr, {boxes_at(0).front()});
  const auto levels = arrays(0, 0);
  std::size_t failures = 0;
  std::size_t committed = 0;
  for (bool has_failed = true; has_failed; failures += has_failed ? 1 : 0) {
    const FailingAllocation failing(world_rank() == 0 ? failures + 1 : 0, false);
    auto step = run.step(static_cast<double>(committed));
    std::vector<double> temporary(3, 1.5);
    {
      const FailingAllocation::Enabled enabled;
      step.put(refined, 0, levels);
      step.put(column, std::move(temporary));
    }
    const Thrown thrown = thrown_by([&] { step.commit(); });
    int failed = failing.has_failed() ? 1 : 0;
    MPI_Allreduce(MPI_IN_PLACE, &failed, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    has_failed = failed != 0;
    if (thrown.code == 0) {
      ++committed;
    } else {
      ASSERT_EQ(thrown.code, static_cast<int>(tessera::ErrorCode::out_of_memory)) << thrown.what;
      ASSERT_TRUE(has_failed);
    }
  }
  EXPECT_GT(failures, committed + 5);
  EXPECT_EQ(run.steps(), static_cast<std::int64_t>(committed));
  out.close();
}

}  // namespace
