#include <gtest/gtest.h>
#include <hdf5.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "support/failing_program.hpp"
#include "support/scene.hpp"

/// \file
/// Calls that are refused anyway, on a rank that has no memory to say why: all ranks throw an error of the same code,
/// that of the refusal or `out_of_memory`, and a right step goes through.

using namespace tessera_test;
using tessera::ErrorCode;

namespace {

constexpr int code_of(ErrorCode code) { return static_cast<int>(code); }

/// Boxes of one layer each.
tessera::Box layer(std::int64_t number) {
  return tessera::Box::at({number, 0, 0}, {1, scene_shape[1], scene_shape[2]});
}

/// The caller's own memory, made beforehand.
struct Given {
  const std::string path = output_path();
  const std::vector<double> values = std::vector<double>(20, 1.5);
  const std::vector<double> other_values = values;
  const std::string run = "a_run_whose_name_takes_memory";
  const std::string own_run = "a_run_of_rank_" + std::to_string(world_rank()) + "_that_others_do_not_make";
  const std::string field = "a_field_whose_name_takes_memory";
  const std::string filled = "a_field_with_a_fill_value_and_a_name_that_takes_memory";
  const std::string slash = "a_name_with_a_/_that_is_refused";
  const std::string scalar = "a_scalar_whose_name_takes_memory";
  const tessera::Options options{.overwrite = true, .reader_grace_ms = 0, .threads = 1};
  const tessera::Grid grid{scene_shape, {}};
  const tessera::FieldOptions<double> with_fill{.fill = -1};
  const tessera::Attributes none{};
  const tessera::AttributeValue number = 1;
};

class Program : public FailingProgram {
 public:
  explicit Program(const Failure& failure) : FailingProgram(failure) {
    writer_.emplace(MPI_COMM_WORLD, given_.path, given_.options);
    run_.emplace(writer_->run(given_.run, given_.none));
    field_.emplace(run_->field<double>(given_.field, given_.grid));
    filled_.emplace(run_->field<double>(given_.filled, given_.grid, given_.with_fill));
    commit_all();
  }

  /// \returns whether an allocation failed
  bool run() {
    refuse_definitions();
    refuse_puts();
    refuse_commits();
    if (world_size() > 1) refuse_disagreements();
    make([&] { commit_all(); });
    // Nothing is said of it, and the file keeps both steps.
    run_through([&] { writer_.reset(); });
    MPI_Barrier(MPI_COMM_WORLD);
    expect_steps(2);
    return has_failed();
  }

 private:
  void commit_all() {
    commit([&](tessera::Step& step) { put_all(step, *field_); });
  }

  /// A step, in which a rank does something.
  template <class Puts>
  void commit(const Puts& put) {
    auto step = run_->step(steps_);
    put(step);
    step.commit();
    ++steps_;
  }

  template <class Puts>
  void refuse_commit(ErrorCode code, const Puts& put) {
    make([&] { commit(put); }, code_of(code));
  }

  void put_all(tessera::Step& step, const tessera::Field<double>& field) {
    for (std::int64_t n = world_rank(); n < scene_shape[0]; n += world_size())
      step.put(field, layer(n), given_.values.data());
  }

  void refuse_definitions() {
    make([&] { run_->field<double>(given_.field, given_.grid, given_.with_fill); }, code_of(ErrorCode::name_in_use));
    make([&] { run_->field<double>(given_.slash, given_.grid, given_.with_fill); },
         code_of(ErrorCode::invalid_argument));
    make([&] { run_->attribute(given_.slash, given_.number); }, code_of(ErrorCode::invalid_argument));
    const tessera::Options new_one{.threads = 1};
    make([&] { tessera::Writer other(MPI_COMM_WORLD, given_.path, new_one); }, code_of(ErrorCode::file_exists));
  }

  void refuse_puts() {
    refuse_commit(ErrorCode::out_of_bounds,
                  [&](tessera::Step& step) { step.put(*field_, layer(scene_shape[0]), given_.values.data()); });
    refuse_commit(ErrorCode::invalid_argument, [&](tessera::Step& step) {
      step.put(*field_, layer(0), given_.values.data());
      step.put(*filled_, layer(0), given_.values.data());
    });
  }

  void refuse_commits() {
    refuse_commit(ErrorCode::wrong_order, [](tessera::Step&) {});
    refuse_commit(ErrorCode::not_covered, [&](tessera::Step& step) { put_all(step, *filled_); });
    refuse_commit(ErrorCode::not_covered, [&](tessera::Step& step) {
      if (world_rank() == 0) step.put(*field_, layer(0), given_.values.data());
    });
    refuse_commit(ErrorCode::overlap, [&](tessera::Step& step) {
      put_all(step, *field_);
      if (world_rank() == world_size() - 1) step.put(*field_, layer(0), given_.other_values.data());
    });
    refuse_commit(ErrorCode::invalid_argument, [&](tessera::Step& step) {
      put_all(step, *field_);
      step.scalar(given_.scalar, std::nullopt);
    });
  }

  void refuse_disagreements() {
    make([&] { writer_->run(given_.own_run, given_.none); }, code_of(ErrorCode::ranks_disagree));
    refuse_commit(ErrorCode::ranks_disagree, [&](tessera::Step& step) {
      put_all(step, *field_);
      step.scalar(given_.scalar, world_rank());
    });
  }

  /// Read with HDF5 itself.
  void expect_steps(std::size_t steps) const {
    if (world_rank() != 0) return;
    const hid_t file = H5Fopen(given_.path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    ASSERT_GE(file, 0);
    std::vector<double> values(steps * 160, -1);
    const hid_t dataset = H5Dopen2(file, ("/" + given_.run + "/" + given_.field).c_str(), H5P_DEFAULT);
    const hid_t space = H5Dget_space(dataset);
    ASSERT_EQ(H5Sget_simple_extent_npoints(space), static_cast<hssize_t>(values.size()));
    EXPECT_GE(H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), 0);
    EXPECT_EQ(std::ranges::count(values, 1.5), static_cast<std::ptrdiff_t>(values.size()));
    H5Sclose(space);
    H5Dclose(dataset);
    H5Fclose(file);
  }

  Given given_;
  int steps_ = 0;
  std::optional<tessera::Writer> writer_;
  std::optional<tessera::Run> run_;
  std::optional<tessera::Field<double>> field_;
  std::optional<tessera::Field<double>> filled_;
};

constexpr std::size_t stride = 151;

TEST(NoMemoryForARefusal, Once) { fail_some_or_all<Program>(false, stride); }

TEST(NoMemoryForARefusal, UntilTheCallEnds) { fail_some_or_all<Program>(true, stride); }

}  // namespace
