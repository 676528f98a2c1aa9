#include <gtest/gtest.h>
#include <hdf5.h>

#include <cmath>
#include <csignal>
#include <optional>
#include <string>
#include <vector>

#include <tessera/finish.hpp>

#include "support/failing_program.hpp"
#include "support/scene.hpp"

/// \file
/// Each allocation of one rank fails in its turn, in every collective call: all ranks throw `out_of_memory`, nobody
/// waits for ever, the call can be made again, and the file holds the committed steps.

using namespace tessera_test;

namespace {

/// Names and texts are longer than what a std::string holds without memory.
constexpr const char* field_name = "a_field_whose_name_takes_memory";
constexpr const char* other_name = "another_field_whose_name_takes_memory";
constexpr const char* static_name = "a_static_field_whose_name_takes_memory";
constexpr std::size_t steps = 4;
constexpr std::size_t layer_cells = 20;

/// Who puts a layer of the grid. Boxes move from the second step to the third; the last one comes from rank 0 alone.
int owner_of(std::int64_t layer, int step) {
  if (step == steps - 1) return 0;
  return static_cast<int>(layer / 2 + (step == 2 ? 1 : 0)) % world_size();
}

/// The caller's own memory, made beforehand.
struct Given {
  const std::string path = output_path();
  const std::string long_text = std::string(100, 'x');
  const std::vector<double> values = std::vector<double>(scene_shape[0] * layer_cells, world_rank() + 0.5);
  const std::vector<double> other_values = values;
  const std::string run_name = "a_run_whose_name_takes_memory";
  const std::string field = field_name;
  const std::string other = other_name;
  const std::string static_field = static_name;
  const std::string attribute = "an_attribute_whose_name_takes_memory";
  const tessera::AttributeValue attribute_value = long_text;
  const std::string declared = "a_declared_scalar_of_some_length";
  const std::string scalar = "a_scalar_of_some_length_too";
  const std::string rounded = "a_scalar_that_ranks_work_out_for_themselves";
  const std::string of_one_rank = "a_scalar_that_one_rank_alone_knows";
  const tessera::Options options{.overwrite = true,
                                 .attributes = {{"institution_of_some_length", "an institute of some length"}},
                                 .reader_grace_ms = 0,
                                 .threads = 1};
  const tessera::Attributes parameters{{"a_parameter_of_some_length", long_text}, {"number", 3}};
  const tessera::RunOptions run_options{.time_unit = "seconds since 2026-01-01"};
  const tessera::Grid grid{scene_shape, {.spacing = {1, 2, 3}, .unit = "a unit of some length"}};
  const tessera::FieldOptions<double> plain{.unit = "K",
                                            .long_name = "a long name of a field",
                                            .fill = -1,
                                            .attributes = {{"an_attribute_of_the_field", 1}}};
  const tessera::FieldOptions<double> compressed{.fill = -1, .chunk = {3, 5, 4}, .codec = tessera::Codec{.level = 4}};
  const tessera::FieldOptions<double> constant{.time_dependent = false, .precision = tessera::Precision::single};
  const tessera::ScalarOptions scalar_options{.unit = "a unit of some length", .long_name = "a long name of a scalar"};
  tessera::FinishOptions finish{.signals = {SIGUSR1}, .deadline = std::chrono::system_clock::time_point{}};
};

/// Everything that can be called, once.
class Program : public FailingProgram {
 public:
  explicit Program(const Failure& failure) : FailingProgram(failure) {}

  /// \returns whether an allocation failed
  bool run() {
    make([&] { writer_.emplace(MPI_COMM_WORLD, given_.path, given_.options); });
    make([&] { run_.emplace(writer_->run(given_.run_name, given_.parameters, given_.run_options)); });
    make([&] { writer_->root(given_.parameters); });
    make([&] { field_.emplace(run_->field<double>(given_.field, given_.grid, given_.plain)); });
    make([&] { other_.emplace(run_->field<double>(given_.other, given_.grid, given_.compressed)); });
    make([&] { static_.emplace(run_->field<double>(given_.static_field, given_.grid, given_.constant)); });
    make([&] { run_->attribute(given_.attribute, given_.attribute_value); });
    make([&] { run_->scalar(given_.declared, given_.scalar_options); });
    make([&] { commit_statics(); });
    for (int n = 0; n < static_cast<int>(steps); ++n) make([&] { commit(n); });
    make([&] { finish_.emplace(MPI_COMM_WORLD, std::move(given_.finish)); });
    make([&] { finish_->should_finish(); });
    make([&] { writer_->close(); });
    run_through([&] { writer_.reset(); });
    expect_file();
    return has_failed();
  }

 private:
  void put_layers(tessera::Step& step, const tessera::Field<double>& field, int n, const std::vector<double>& values) {
    for (std::int64_t layer = 0; layer < scene_shape[0]; ++layer) {
      if (owner_of(layer, n) != world_rank()) continue;
      step.put(field, tessera::Box::at({layer, 0, 0}, {1, scene_shape[1], scene_shape[2]}), values.data());
    }
  }

  void commit_statics() {
    auto step = run_->statics();
    put_layers(step, *static_, 0, given_.values);
    step.commit();
  }

  void commit(int n) {
    if (run_->steps() > n) {  // it is in flight, and waiting for it failed before
      const Thrown thrown = thrown_by([&] { writer_->wait(); });
      if (thrown.code == 0) return;  // else the step failed, too
    }
    auto step = run_->step(n);
    put_layers(step, *field_, n, given_.values);
    put_layers(step, *other_, n, given_.other_values);
    step.scalar(given_.scalar, n + 0.5);
    step.scalar(given_.rounded, std::nextafter(1.0, 1.0 + world_rank()));
    step.scalar(given_.of_one_rank, world_rank() == world_size() - 1 ? std::optional(2.5) : std::nullopt);
    // The second one is begun without waiting; what fails then, fails in either call.
    if (n != 1) return step.commit();
    step.commit_async();
    writer_->wait();
  }

  /// Read with HDF5 itself.
  void expect_file() const {
    if (world_rank() != 0) return;
    const hid_t file = H5Fopen(given_.path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    ASSERT_GE(file, 0);
    const std::string run = "/" + given_.run_name + "/";
    for (const auto& name : {given_.field, given_.other}) {
      expect_steps(name, read(file, run + name, steps * scene_shape[0] * layer_cells));
    }
    expect_layers(given_.static_field, read(file, run + given_.static_field, scene_shape[0] * layer_cells), 0);
    EXPECT_EQ(read(file, run + given_.scalar, steps), (std::vector{0.5, 1.5, 2.5, 3.5}));
    EXPECT_EQ(read(file, run + given_.rounded, steps), std::vector<double>(steps, 1.0));
    EXPECT_EQ(read(file, run + given_.of_one_rank, steps), std::vector<double>(steps, 2.5));
    EXPECT_EQ(read(file, run + "time", steps), (std::vector<double>{0, 1, 2, 3}));
    H5Fclose(file);
  }

  static std::vector<double> read(hid_t file, const std::string& path, std::size_t count) {
    std::vector<double> values(count, -1);
    const hid_t dataset = H5Dopen2(file, path.c_str(), H5P_DEFAULT);
    const hid_t space = H5Dget_space(dataset);
    EXPECT_EQ(H5Sget_simple_extent_npoints(space), static_cast<hssize_t>(count)) << path;
    if (H5Sget_simple_extent_npoints(space) == static_cast<hssize_t>(count)) {
      EXPECT_GE(H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), 0) << path;
    }
    H5Sclose(space);
    H5Dclose(dataset);
    return values;
  }

  static void expect_steps(const std::string& name, const std::vector<double>& values) {
    const std::size_t cells = values.size() / steps;
    for (std::size_t step = 0; step < steps; ++step) {
      const auto begin = values.begin() + static_cast<std::ptrdiff_t>(step * cells);
      expect_layers(name, {begin, begin + static_cast<std::ptrdiff_t>(cells)}, static_cast<int>(step));
    }
  }

  static void expect_layers(const std::string& name, const std::vector<double>& values, int step) {
    for (std::size_t at = 0; at < values.size(); ++at) {
      const double wanted = owner_of(static_cast<std::int64_t>(at / layer_cells), step) + 0.5;
      ASSERT_EQ(values[at], wanted) << name << ", step " << step << ", cell " << at;
    }
  }

  Given given_;
  std::optional<tessera::Writer> writer_;
  std::optional<tessera::Run> run_;
  std::optional<tessera::Field<double>> field_;
  std::optional<tessera::Field<double>> other_;
  std::optional<tessera::Field<double>> static_;
  std::optional<tessera::Finish> finish_;
};

constexpr std::size_t stride = 307;

TEST(NoMemory, Once) { fail_some_or_all<Program>(false, stride); }

TEST(NoMemory, UntilTheCallEnds) { fail_some_or_all<Program>(true, stride); }

}  // namespace
