#include "support/test_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace tessera_test {

namespace {

int rank_in(MPI_Comm comm) {
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  return rank;
}

int size_of_comm(MPI_Comm comm) {
  int size = 0;
  MPI_Comm_size(comm, &size);
  return size;
}

/// What an earlier run left must not be checked in place of what this one writes: manifests and their files. Nothing
/// else, since somebody may start the program in any directory.
class EmptyDirectory : public testing::Environment {
 public:
  void SetUp() override {
    if (world_rank() == 0) {
      std::vector<std::filesystem::path> manifests;
      for (const auto& entry : std::filesystem::directory_iterator(output_directory())) {
        if (entry.path().filename().string().ends_with(".h5.json")) manifests.push_back(entry.path());
      }
      for (std::filesystem::path path : manifests) {
        std::filesystem::remove(path);
        std::filesystem::remove(path.replace_extension());
      }
    }
    MPI_Barrier(MPI_COMM_WORLD);
  }
};
[[maybe_unused]] const auto* const empty_directory = testing::AddGlobalTestEnvironment(new EmptyDirectory);

}  // namespace

int world_rank() { return rank_in(MPI_COMM_WORLD); }
int world_size() { return size_of_comm(MPI_COMM_WORLD); }

std::string output_directory() { return "."; }

std::string output_path(const std::string& suffix) {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  std::string name = std::string(test->test_suite_name()) + "." + test->name() + suffix;
  std::replace(name.begin(), name.end(), '/', '.');
  return output_directory() + "/" + name + ".h5";
}

namespace {

/// How many steps are to be in flight, where the environment asks for commits that do not wait; else 0.
std::size_t steps_in_flight() {
  const char* steps = std::getenv("TESSERA_TEST_STEPS_IN_FLIGHT");
  return steps != nullptr ? static_cast<std::size_t>(std::atoi(steps)) : 0;
}

}  // namespace

void TestStep::commit() {
  steps_in_flight() > 0 ? step_.commit_async() : step_.commit();
  keep_book();
}

void TestStep::commit_async() {
  step_.commit_async();
  keep_book();
}

void TestStep::keep_book() {
  if (time_ && run_->keeps) run_->cut(*std::exchange(run_->keeps, std::nullopt));
  const auto index = static_cast<std::int64_t>(run_->times.size());
  for (auto& [field, write] : writes_) {
    if (write.step >= 0) write.step = index;
    field->writes.push_back(write);
  }
  for (const auto& [name, value] : scalars_) run_->scalars[name].values[index] = value;
  if (time_) run_->times.push_back(*time_);
}

TestFile::TestFile(const tessera::Options& options, const std::string& suffix, MPI_Comm comm)
    : rank_(rank_in(comm)), size_(size_of_comm(comm)), path_(output_path(suffix)) {
  tessera::Options used = options;
  used.overwrite = true;
  // Nobody reads while these tests write: commits need not wait for readers, unless the test asks for it.
  if (used.reader_grace_ms == tessera::Options{}.reader_grace_ms) used.reader_grace_ms = 0;
  if (steps_in_flight() > 0) used.steps_in_flight = steps_in_flight();
  expected_.options = used;
  writer_ = std::make_unique<tessera::Writer>(comm, path_, used);
}

TestRun TestFile::add(tessera::Run run, const std::string& name, const tessera::Attributes& parameters,
                      const tessera::RunOptions& options) {
  auto expected = std::make_shared<ExpectedRun>();
  expected->name = name;
  expected->attributes = parameters;
  expected->options = options;
  expected_.runs.push_back(expected);
  return {std::move(run), expected, rank_};
}

TestRun TestFile::run(const std::string& name, const tessera::Attributes& parameters,
                      const tessera::RunOptions& options) {
  return add(writer_->run(name, parameters, options), name, parameters, options);
}

TestRun TestFile::root(const tessera::Attributes& parameters, const tessera::RunOptions& options) {
  return add(writer_->root(parameters, options), "/", parameters, options);
}

void TestFile::reopen(const tessera::Options& options, MPI_Comm comm) {
  drop_writer();
  tessera::Options used = options;
  if (used.open == tessera::OpenMode::create) used.open = tessera::OpenMode::append;
  if (used.reader_grace_ms == tessera::Options{}.reader_grace_ms) used.reader_grace_ms = 0;
  expected_.closed = false;
  rank_ = rank_in(comm);
  size_ = size_of_comm(comm);
  writer_ = std::make_unique<tessera::Writer>(comm, path_, used);
}

TestRun TestFile::resume(const std::string& name) {
  const auto found = std::ranges::find(expected_.runs, name, &ExpectedRun::name);
  tessera::Run run = name == "/" ? writer_->root((*found)->attributes, (*found)->options)
                                 : writer_->run(name, (*found)->attributes, (*found)->options);
  return {std::move(run), *found, rank_};
}

void TestFile::close() {
  writer_->close();
  expected_.closed = true;
  write_manifest();
}

void TestFile::write_manifest() const {
  if (rank_ == 0) tessera_test::write_manifest(expected_, path_);
}

}  // namespace tessera_test
