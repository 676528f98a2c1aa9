#include <gtest/gtest.h>
#include <hdf5.h>

#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include <tessera/finish.hpp>

#include "support/no_memory.hpp"
#include "support/scene.hpp"

/// \file
/// Each allocation of one rank fails in its turn, in every collective call: all ranks throw `out_of_memory`, nobody
/// waits for ever, the call can be made again, and the file holds the committed steps.

using namespace tessera_test;
using tessera::ErrorCode;

namespace {

constexpr int out_of_memory = static_cast<int>(ErrorCode::out_of_memory);

/// One program with a writer, as often as it is asked for, in which one allocation of one rank fails.
class Program {
 public:
  Program(int culprit, std::size_t number, bool and_all_that_follow)
      : path_(output_path()),
        failing_(world_rank() == culprit ? number : 0, and_all_that_follow),
        values_(1000, world_rank() + 0.5) {
    MPI_Comm_dup(MPI_COMM_WORLD, &comm_);
  }
  ~Program() { MPI_Comm_free(&comm_); }

  /// \returns whether an allocation failed
  bool run() {
    make([&] { writer_.emplace(MPI_COMM_WORLD, path_, options_); });
    make([&] { run_.emplace(writer_->run("run", parameters_, run_options_)); });
    make([&] { root_.emplace(writer_->root(parameters_)); });
    make([&] { field_.emplace(run_->field<double>("field", grid_, field_options_)); });
    make([&] { other_.emplace(run_->field<double>("other", grid_, compressed_)); });
    make([&] { run_->attribute(attribute_name_, attribute_value_); });
    make([&] { run_->scalar(declared_name_, scalar_options_); });
    make([&] { commit(0); });
    make([&] { commit(1); });
    make([&] { commit(2); });
    make([&] { writer_->close(); });
    writer_.reset();
    expect_steps();
    int failed = failing_.has_failed() ? 1 : 0;
    MPI_Allreduce(MPI_IN_PLACE, &failed, 1, MPI_INT, MPI_MAX, comm_);
    return failed != 0;
  }

 private:
  /// Makes the call, and once more where it failed, on all ranks with the same error.
  template <class Call>
  void make(const Call& call) {
    ++calls_;
    const Thrown thrown = thrown_by([&] {
      const FailingAllocation::Enabled enabled;
      call();
    });
    int codes[2] = {thrown.code, -thrown.code};
    MPI_Allreduce(MPI_IN_PLACE, codes, 2, MPI_INT, MPI_MAX, comm_);
    EXPECT_EQ(codes[0], -codes[1]) << "call " << calls_ << ": here " << thrown.what;
    if (codes[0] == 0 && codes[1] == 0) return;
    failing_.end();
    EXPECT_EQ(thrown.code, out_of_memory) << "call " << calls_ << ": " << thrown.what;
    const Thrown again = thrown_by(call);
    EXPECT_EQ(again.code, 0) << "call " << calls_ << " once more: " << again.what;
  }

  /// Boxes move from the second step to the third.
  void commit(int n) {
    const std::int64_t layers = scene_shape[0];
    const std::int64_t turn = n == 2 ? 1 : 0;
    auto step = run_->step(n);
    for (std::int64_t layer = 0; layer < layers; ++layer) {
      if ((layer / 2 + turn) % world_size() != world_rank()) continue;
      const tessera::Box box = tessera::Box::at({layer, 0, 0}, {1, scene_shape[1], scene_shape[2]});
      step.put(*field_, box, values_.data());
      step.put(*other_, box, other_values_.data());
    }
    step.scalar(scalar_name_, n + 0.5);
    step.commit();
  }

  /// Three steps, read with HDF5 itself.
  void expect_steps() const {
    if (world_rank() != 0) return;
    const hid_t file = H5Fopen(path_.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    ASSERT_GE(file, 0);
    std::vector<double> read(3 * 8 * 5 * 4, -1);
    for (const char* name : {"/run/field", "/run/other"}) {
      const hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
      ASSERT_GE(dataset, 0) << name;
      ASSERT_EQ(H5Dget_storage_size(dataset) > 0, true);
      const hid_t space = H5Dget_space(dataset);
      ASSERT_EQ(H5Sget_simple_extent_npoints(space), static_cast<hssize_t>(read.size()));
      EXPECT_GE(H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, read.data()), 0);
      for (std::size_t at = 0; at < read.size(); ++at) {
        const std::size_t step = at / 160;
        const std::size_t layer = at % 160 / 20;
        const auto owner = (layer / 2 + (step == 2 ? 1 : 0)) % static_cast<std::size_t>(world_size());
        EXPECT_EQ(read[at], static_cast<double>(owner) + 0.5) << name << " " << at;
        if (read[at] != static_cast<double>(owner) + 0.5) break;
      }
      H5Sclose(space);
      H5Dclose(dataset);
    }
    H5Fclose(file);
  }

  std::string path_;
  FailingAllocation failing_;
  MPI_Comm comm_ = MPI_COMM_NULL;
  int calls_ = 0;
  std::vector<double> values_;
  std::vector<double> other_values_ = values_;  // memory of its own
  const std::string long_text_ = std::string(100, 'x');
  // The caller's own memory is made beforehand.
  const std::string attribute_name_ = "an_attribute_of_some_length";
  const tessera::AttributeValue attribute_value_ = long_text_;
  const std::string declared_name_ = "a_declared_scalar_of_some_length";
  const std::string scalar_name_ = "a_scalar_of_some_length_too";
  const std::string run_name_ = "run";
  const std::string field_name_ = "field";
  const std::string other_name_ = "other";
  const tessera::Options options_{.overwrite = true,
                                  .history = "written by a test",
                                  .attributes = {{"institution_of_some_length", "an institute of some length"}},
                                  .engine = tessera::Engine::direct,
                                  .reader_grace_ms = 0,
                                  .threads = 1};
  const tessera::Attributes parameters_{{"a_parameter_of_some_length", long_text_}, {"number", 3}};
  const tessera::RunOptions run_options_{.time_unit = "seconds since 2026-01-01"};
  const tessera::Grid grid_{scene_shape, {.spacing = {1, 2, 3}, .unit = "a unit of some length"}};
  const tessera::FieldOptions<double> field_options_{
      .unit = "K", .long_name = "a long name of a field", .fill = -1, .attributes = {{"an_attribute_of_the_field", 1}}};
  const tessera::FieldOptions<double> compressed_{.fill = -1, .chunk = {3, 5, 4}, .codec = tessera::Codec{.level = 4}};
  const tessera::ScalarOptions scalar_options_{.unit = "J", .long_name = "a long name of a scalar"};
  std::optional<tessera::Writer> writer_;
  std::optional<tessera::Run> run_;
  std::optional<tessera::Run> root_;
  std::optional<tessera::Field<double>> field_;
  std::optional<tessera::Field<double>> other_;
};

/// Every `stride`-th allocation, from the `begin`-th on, until the program runs through without a failure.
void fail_each(int culprit, bool and_all_that_follow, std::size_t begin, std::size_t stride) {
  std::size_t number = begin;
  for (; Program(culprit, number, and_all_that_follow).run(); number += stride) {
    if (testing::Test::HasFailure()) {
      ADD_FAILURE() << "with allocation " << number << " of rank " << culprit;
      return;
    }
  }
  EXPECT_GT(number, 100u) << "allocations do not fail";
  if (world_rank() == 0) std::printf("rank %d: %zu allocations\n", culprit, number);
}

/// The environment variable TESSERA_TEST_ALL_ALLOCATIONS: each of them; else one of thirteen.
void fail_some_or_all(int culprit, bool and_all_that_follow) {
  const bool all = std::getenv("TESSERA_TEST_ALL_ALLOCATIONS") != nullptr;
  fail_each(culprit, and_all_that_follow, all ? 1 : 7, all ? 1 : 13);
}

TEST(NoMemory, OnRankZeroOnce) { fail_some_or_all(0, false); }

TEST(NoMemory, OnTheLastRankOnce) {
  if (world_size() > 1) fail_some_or_all(world_size() - 1, false);
}

TEST(NoMemory, OnRankZeroUntilTheCallEnds) { fail_some_or_all(0, true); }

TEST(NoMemory, OnTheLastRankUntilTheCallEnds) {
  if (world_size() > 1) fail_some_or_all(world_size() - 1, true);
}

}  // namespace
