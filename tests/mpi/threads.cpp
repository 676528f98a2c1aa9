#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "support/test_file.hpp"

/// \file
/// Threads that encode beside the rank's own. Built with ThreadSanitizer (preset "thread"), this is the test that shows
/// it the library's threads: rounds that overlap, several writers, steps that fail.

using namespace tessera_test;
using tessera::Grid;
using tessera::Index;

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;
const Index shape{24, 25, 26};

/// Fields in many small chunks, in one, and not compressed; every chunk shared by ranks, memory for a few at a time.
class Scene {
 public:
  explicit Scene(std::size_t threads)
      : file_({.memory_budget = (4 * threads + 2) * mebibyte, .threads = threads}, "_" + std::to_string(threads)),
        run_(file_.run("run")), small_(run_.field<double>("small", Grid{shape}, {.chunk = {6, 5, 13}})),
        one_(run_.field<float>("one", Grid{shape}, {.chunk = shape})),
        raw_(run_.field<std::int32_t>("raw", Grid{shape}, {.chunk = {3, 25, 26}, .codec = tessera::Codec::none()})) {}

  void put(TestStep& step) const {
    step.put(small_, bricks(shape, file_.size()), {.halo = {{1}, {1}}});
    step.put(one_, slabs(shape, file_.size(), 1));
    step.put(raw_, interleaved(shape, file_.size(), 2), {.order = {2, 1, 0}});
  }
  void commit_a_step() {
    TestStep step = begin();
    put(step);
    step.commit();
  }
  /// The last rank says that it has more of a field than there is.
  void fail_a_step() {
    TestStep step = begin();
    put(step);
    if (file_.rank() + 1 == file_.size()) step.put_box(small_, tessera::Box::at({0, 0, 20}, {1, 1, 20}));
    EXPECT_THROW(step.commit(), tessera::Error);
  }
  void close() { file_.close(); }
  const std::string& path() const { return file_.path(); }

 private:
  TestStep begin() { return run_.step(time_ += 1); }

  TestFile file_;
  TestRun run_;
  TestField<double> small_;
  TestField<float> one_;
  TestField<std::int32_t> raw_;
  double time_ = 0;
};

TEST(Threads, EncodeStepAfterStep) {
  for (const std::size_t threads : {1, 2, 3}) {
    Scene scene(threads);
    for (int n = 0; n < 3; ++n) scene.commit_a_step();
    scene.close();
  }
}

TEST(Threads, OfTwoWritersInTurn) {
  Scene two(2);
  Scene three(3);
  for (int n = 0; n < 2; ++n) {
    two.commit_a_step();
    three.commit_a_step();
  }
  three.close();
  two.commit_a_step();
  two.close();
}

TEST(Threads, GoOnAfterAStepThatFailed) {
  Scene scene(3);
  scene.commit_a_step();
  scene.fail_a_step();
  scene.commit_a_step();
  scene.close();
}

}  // namespace
