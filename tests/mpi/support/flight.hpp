#pragma once

#include <cstdint>
#include <string>

#include "support/outside.hpp"
#include "support/test_file.hpp"

namespace tessera_test {

/// Fields in chunks that ranks share, compressed and not, with and without fill.
class Flight {
 public:
  explicit Flight(const tessera::Options& options = {}, const std::string& suffix = "")
      : file_(options, suffix), run_(file_.run("run")),
        shared_(run_.field<double>("shared", tessera::Grid{shape_}, {.chunk = {5, 4, 7}})),
        raw_(run_.field<float>("raw", tessera::Grid{shape_}, {.codec = tessera::Codec::none()})),
        some_(run_.field<std::int16_t>("some", tessera::Grid{shape_}, {.fill = -7})) {}

  TestStep step() {
    auto step = run_.step(time_ += 0.5);
    step.put(shared_, bricks(shape_, file_.size()), {.halo = {{1}, {2}}});
    step.put(raw_, uneven_slabs(shape_, file_.size(), 1));
    if (static_cast<int>(time_) % 2 == 0) step.put(some_, all_on(shape_, file_.size(), file_.size() - 1));
    step.scalar("energy", time_);
    return step;
  }
  void commit_async() { step().commit_async(); }
  TestFile& file() { return file_; }
  TestRun& run() { return run_; }
  tessera::Writer& writer() { return file_.raw(); }
  /// How many steps stock h5py finds.
  std::string steps_by_h5py() {
    return python("f = h5py.File(sys.argv[1]); print(len(f['run/time']) if 'run/time' in f else 0)", file_.path());
  }
  void close() { file_.close(); }

 private:
  tessera::Index shape_{13, 9, 11};
  TestFile file_;
  TestRun run_;
  TestField<double> shared_;
  TestField<float> raw_;
  TestField<std::int16_t> some_;
  double time_ = 0;
};

}  // namespace tessera_test
