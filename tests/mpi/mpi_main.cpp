#include <gtest/gtest.h>
#include <mpi.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include <tessera/config.hpp>

#if TESSERA_HAVE_KOKKOS
#include <Kokkos_Core.hpp>
#endif

/// \file
/// main() of the MPI tests. Every rank runs the same tests. Rank 0 reports as usual, the others report failures only.

namespace {

/// After each test the ranks wait for each other, so that a failure on any rank fails the test on rank 0.
///
/// A rank that leaves a test early because an assertion failed may leave the others in a call that waits for it. It
/// gives them some seconds to come; then the program is aborted, with the failure printed already.
class RankAgreement : public testing::EmptyTestEventListener {
 public:
  RankAgreement() {
    MPI_Comm_dup(MPI_COMM_WORLD, &comm_);
    MPI_Comm_rank(comm_, &rank_);
  }
  void release() { MPI_Comm_free(&comm_); }

  void OnTestPartResult(const testing::TestPartResult& result) override {
    if (rank_ == 0 || !result.failed()) return;
    std::string text = "[rank " + std::to_string(rank_) + "] " + (result.file_name() ? result.file_name() : "?") + ":" +
                       std::to_string(result.line_number()) + ": failure\n" + result.message() + "\n";
    std::fputs(text.c_str(), stderr);
    std::fflush(stderr);
  }

  void OnTestEnd(const testing::TestInfo& test) override {
    const int failed_here = test.result()->Failed() ? 1 : 0;
    int failed = 0;
    MPI_Request request = MPI_REQUEST_NULL;
    MPI_Iallreduce(&failed_here, &failed, 1, MPI_INT, MPI_SUM, comm_, &request);
    wait(request, failed_here != 0, test);
    if (rank_ == 0 && failed_here == 0 && failed != 0) ADD_FAILURE() << "failed on " << failed << " of the other ranks";
  }

 private:
  void wait(MPI_Request request, bool failed_here, const testing::TestInfo& test) const {
    using Clock = std::chrono::steady_clock;
    constexpr auto patience = std::chrono::seconds(10);
    const auto begin = Clock::now();
    for (int done = 0; done == 0;) {
      MPI_Test(&request, &done, MPI_STATUS_IGNORE);
      if (done != 0) return;
      if (failed_here && Clock::now() - begin > patience) {
        std::fprintf(stderr, "[rank %d] %s.%s failed here and did not end on another rank: aborting\n", rank_,
                     test.test_suite_name(), test.name());
        std::fflush(nullptr);
        MPI_Abort(MPI_COMM_WORLD, 1);
      }
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
  }

  MPI_Comm comm_ = MPI_COMM_NULL;
  int rank_ = 0;
};

int run_tests() {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  auto& listeners = testing::UnitTest::GetInstance()->listeners();
  if (rank != 0) {
    delete listeners.Release(listeners.default_result_printer());
    testing::GTEST_FLAG(output) = "";
  }
  auto* agreement = new RankAgreement;  // googletest owns it
  listeners.Append(agreement);
  const int result = RUN_ALL_TESTS();
  agreement->release();
  int worst = 0;
  MPI_Allreduce(&result, &worst, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
  return worst;
}

}  // namespace

int main(int argc, char** argv) {
  int provided = 0;
  // Entries of their own ask for more threads.
  const int wanted = std::getenv("TESSERA_TEST_MPI_THREADS") != nullptr ? MPI_THREAD_MULTIPLE : MPI_THREAD_FUNNELED;
  MPI_Init_thread(&argc, &argv, wanted, &provided);
  testing::InitGoogleTest(&argc, argv);
  int result = 1;
  {
#if TESSERA_HAVE_KOKKOS
    Kokkos::ScopeGuard kokkos(argc, argv);
#endif
    result = run_tests();
  }
  MPI_Finalize();
  return result;
}
