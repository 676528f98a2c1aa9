#include <gtest/gtest.h>
#include <mpi.h>

#include <cstdio>
#include <optional>
#include <string>

#include <tessera/writer.hpp>

/// \file
/// Calls before MPI_Init and after MPI_Finalize. A program of its own, which runs its tests in the order of this file.

using tessera::Error;
using tessera::ErrorCode;

namespace {

const std::string path = "no_mpi.h5";

template <class Call>
void expect_not_initialized(const std::string& word, Call&& call) {
  try {
    call();
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_initialized);
    EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << error.what();
  }
}

/// Handles that outlive MPI.
struct Survivors {
  explicit Survivors(tessera::Writer made)
      : writer(std::move(made)), run(writer.run("run")),
        field(run.field<double>("field", tessera::Grid{{2}}, {.fill = 0})), step(run.step(0)) {}
  tessera::Writer writer;
  tessera::Run run;
  tessera::Field<double> field;
  tessera::Step step;
};
std::optional<Survivors> survivors;

TEST(NoMpi, BeforeMpiInit) {
  expect_not_initialized("before MPI_Init", [] { const tessera::Writer writer(MPI_COMM_WORLD, path); });
}

TEST(NoMpi, AllIsWellInBetween) {
  MPI_Init(nullptr, nullptr);
  survivors.emplace(tessera::Writer(MPI_COMM_WORLD, path, {.overwrite = true}));
  survivors->step.scalar("scalar", 1);
  EXPECT_NO_THROW(survivors->step.commit());
  MPI_Finalize();
}

TEST(NoMpi, AfterMpiFinalize) {
  const std::string word = "after MPI_Finalize";
  const double values[] = {1, 2};
  expect_not_initialized(word, [] { const tessera::Writer writer(MPI_COMM_WORLD, path); });
  expect_not_initialized(word, [] { survivors->writer.run("other"); });
  expect_not_initialized(word, [] { survivors->writer.root(); });
  expect_not_initialized(word, [] { survivors->run.field<double>("other", tessera::Grid{{2}}); });
  expect_not_initialized(word, [] { survivors->run.attribute("other", 1); });
  expect_not_initialized(word, [] { survivors->run.scalar("other", {}); });
  expect_not_initialized(word, [] { survivors->run.step(1); });
  expect_not_initialized(word, [&] { survivors->step.put(survivors->field, {{0}, {2}}, values); });
  expect_not_initialized(word, [] { survivors->step.scalar("other", 1); });
  expect_not_initialized(word, [] { survivors->step.commit(); });
  expect_not_initialized(word, [] { survivors->writer.close(); });
  EXPECT_NO_THROW(survivors->writer.explain());
}

TEST(NoMpi, DestroyedAfterMpiFinalize) {
  testing::internal::CaptureStderr();
  survivors.reset();
  const std::string printed = testing::internal::GetCapturedStderr();
  EXPECT_EQ(printed.find("tessera: warning: the writer of 'no_mpi.h5' was destroyed without close()"), 0u) << printed;
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
