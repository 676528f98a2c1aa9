#pragma once

#include <mpi.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <tessera/writer.hpp>

#include "support/blocks.hpp"
#include "support/expected.hpp"
#include "support/memory.hpp"

/// \file
/// A writer that keeps book: what a test writes through these classes is in the manifest, once its commit succeeded.

namespace tessera_test {

/// The directory for a test program's files (the current one, see cmake/TesseraTest.cmake), emptied before the first
/// test; and in it the path of a file named after the running test.
std::string output_directory();
std::string output_path(const std::string& suffix = "");

int world_rank();
int world_size();

template <class T>
struct TestField {
  tessera::Field<T> handle;
  std::shared_ptr<ExpectedField> expected;

  tessera::Index shape() const {
    tessera::Index result = expected->grid.shape;
    const auto location = static_cast<unsigned>(expected->options.location);
    for (std::size_t axis = 0; axis < result.size(); ++axis) {
      const bool in_cells = (location >> (result.size() - 1 - axis) & 1) != 0;
      if (!in_cells || std::ranges::count(expected->grid.options.periodic, static_cast<std::int64_t>(axis))) continue;
      result[axis] = std::max<std::int64_t>(1, result[axis] - 1);
    }
    return result;
  }
};

class TestStep {
 public:
  TestStep(tessera::Step step, std::shared_ptr<ExpectedRun> run, std::optional<double> time, int rank)
      : step_(std::move(step)), run_(std::move(run)), time_(time), formula_step_(run_->steps_begun++), rank_(rank) {}

  /// Puts this rank's boxes, filled by the formula; `blocks` has every rank's.
  template <class T>
  void put(const TestField<T>& field, const Blocks& blocks, const Memory& memory = {}) {
    for (const tessera::Box& box : blocks[static_cast<std::size_t>(rank_)]) put_box(field, box, memory);
    expect(field, flat(blocks));
  }
  /// Puts one box on this rank alone, without telling the manifest.
  template <class T>
  void put_box(const TestField<T>& field, const tessera::Box& box, const Memory& memory = {}) {
    step_.put(field.handle, box,
              filled_array<T>(box, memory, field.expected->options.components, field.expected->seed,
                              formula_step(field)));
  }
  template <class T>
  std::int64_t formula_step(const TestField<T>& field) const {
    return field.expected->options.time_dependent ? formula_step_ : -1;
  }
  /// Says which boxes a commit brings into the file.
  template <class T>
  void expect(const TestField<T>& field, const std::vector<tessera::Box>& boxes) {
    writes_.push_back({field.expected, {field.expected->options.time_dependent ? 0 : -1, formula_step(field), boxes}});
  }
  void scalar(const std::string& name, double value) {
    step_.scalar(name, value);
    scalars_[name] = value;
  }
  /// Tells the manifest of a scalar that raw() was given.
  void expect_scalar(const std::string& name, double value) { scalars_[name] = value; }
  /// Where TESSERA_TEST_STEPS_IN_FLIGHT says how many steps are to be in flight, this does not wait, either.
  void commit();
  /// The manifest counts the step as one that is in the file.
  void commit_async();
  /// Tells the manifest that the step is in the file; commit() does, when it succeeds.
  void keep_book();
  tessera::Step& raw() { return step_; }

 private:
  tessera::Step step_;
  std::shared_ptr<ExpectedRun> run_;
  std::optional<double> time_;
  std::int64_t formula_step_;
  int rank_;
  std::vector<std::pair<std::shared_ptr<ExpectedField>, ExpectedWrite>> writes_;
  std::map<std::string, double> scalars_;
};

class TestRun {
 public:
  TestRun(tessera::Run run, std::shared_ptr<ExpectedRun> expected, int rank)
      : run_(std::move(run)), expected_(std::move(expected)), rank_(rank) {}

  template <class T>
  TestField<T> field(const std::string& name, const tessera::Grid& grid, const tessera::FieldOptions<T>& options = {}) {
    auto handle = run_.field<T>(name, grid, options);
    for (const auto& known : expected_->fields) {
      if (known->name == name) return {handle, known};
    }
    auto expected = std::make_shared<ExpectedField>();
    expected->name = name;
    expected->seed = expected_->fields.size() + 1;
    expected->given = to_string(tessera::data_type_of<T>());
    expected->stored =
        options.precision == tessera::Precision::single && expected->given == "float64" ? "float32" : expected->given;
    expected->grid = grid;
    expected->options = tessera::detail::untyped(options).options;
    expected->fill = fill_text(options.fill);
    expected_->fields.push_back(expected);
    return {handle, expected};
  }
  void attribute(const std::string& name, const tessera::AttributeValue& value) {
    run_.attribute(name, value);
    expected_->attributes.push_back({name, value});
  }
  void scalar(const std::string& name, const tessera::ScalarOptions& options) {
    run_.scalar(name, options);
    expected_->scalars[name].options = options;
  }
  void keep(std::int64_t steps) {
    run_.keep(steps);
    expected_->keeps = static_cast<std::size_t>(steps);
  }
  void keep_until(double time) {
    run_.keep_until(time);
    expected_->keeps = static_cast<std::size_t>(run_.steps());
  }
  TestStep step(double time) { return {run_.step(time), expected_, time, rank_}; }
  TestStep statics() { return {run_.statics(), expected_, std::nullopt, rank_}; }
  tessera::Run& raw() { return run_; }

 private:
  tessera::Run run_;
  std::shared_ptr<ExpectedRun> expected_;
  int rank_;
};

class TestFile {
 public:
  /// Named after the running test, in output_directory().
  explicit TestFile(const tessera::Options& options = {}, const std::string& suffix = "",
                    MPI_Comm comm = MPI_COMM_WORLD);

  TestRun run(const std::string& name, const tessera::Attributes& parameters = {},
              const tessera::RunOptions& options = {});
  TestRun root(const tessera::Attributes& parameters = {}, const tessera::RunOptions& options = {});
  /// Opens the file once more, to continue it.
  void reopen(const tessera::Options& options = {}, MPI_Comm comm = MPI_COMM_WORLD);
  /// A run that is there.
  TestRun resume(const std::string& name);
  /// Closes the writer, and writes the manifest.
  void close();
  /// For a file whose writer ends without close().
  void write_manifest() const;

  /// Of the file's communicator.
  int rank() const { return rank_; }
  int size() const { return size_; }
  const std::string& path() const { return path_; }
  ExpectedFile& expected() { return expected_; }
  tessera::Writer& raw() { return *writer_; }
  /// Destroys the writer.
  void drop_writer() { writer_.reset(); }

 private:
  TestRun add(tessera::Run run, const std::string& name, const tessera::Attributes& parameters,
              const tessera::RunOptions& options);

  int rank_ = 0;
  int size_ = 1;
  std::string path_;
  ExpectedFile expected_;
  std::unique_ptr<tessera::Writer> writer_;
};

}  // namespace tessera_test
