#include <adios2.h>

#include <cstdlib>

#include "adios2/output.hpp"

namespace bench {

namespace {

adios2::Dims dims_of(const Extents& extents) {
  adios2::Dims dims;
  for (const std::int64_t extent : extents) dims.push_back(static_cast<std::size_t>(extent));
  return dims;
}

/// ADIOS2 as it was built, or, where it was built without Blosc2, with that as an operator from a library of its own.
void compress(adios2::Variable<double>& variable, int level) {
  if (level == 0) return;
  const std::string number = std::to_string(level);
#if defined(ADIOS2_HAVE_BLOSC2)
  variable.AddOperation("blosc", {{"compressor", "zstd"}, {"clevel", number}, {"doshuffle", "BLOSC_SHUFFLE"}});
#elif defined(BENCH_BLOSC2_DIRECTORY)
  setenv("ADIOS2_PLUGIN_PATH", BENCH_BLOSC2_DIRECTORY, 1);
  variable.AddOperation("plugin",
                        {{"PluginName", "blosc2"}, {"PluginLibrary", "bench_blosc2_operator"}, {"clevel", number}});
#else
  variable.AddOperation("bzip2", {{"BlockSize100K", number}});
#endif
}

class Bp5Output : public Output {
 public:
  Bp5Output(const std::string& path, const Study& study) : adios_(MPI_COMM_WORLD), io_(adios_.DeclareIO("write")) {
    const auto edge = static_cast<std::size_t>(study.edge);
    io_.SetEngine("BP5");
    io_.SetParameters({{"AsyncWrite", study.is_async ? "on" : "off"}, {"AggregationType", study.aggregation}});
    variable_ = io_.DefineVariable<double>("u", {edge, edge, edge}, dims_of(study.block.lower),
                                           dims_of(study.block.extents), adios2::ConstantDims);
    compress(variable_, study.level);
    engine_ = io_.Open(path, adios2::Mode::Write);
  }
  void write(int, const double* values) override {
    engine_.BeginStep();
    engine_.Put(variable_, values, adios2::Mode::Deferred);
    engine_.EndStep();
  }
  void begin_computing() override { adios_.EnterComputationBlock(); }
  void end_computing() override { adios_.ExitComputationBlock(); }
  void close() override { engine_.Close(); }

 private:
  adios2::ADIOS adios_;
  adios2::IO io_;
  adios2::Variable<double> variable_;
  adios2::Engine engine_;
};

}  // namespace

std::unique_ptr<Output> open_bp5(const std::string& path, const Study& study) {
  return std::make_unique<Bp5Output>(path, study);
}

bool bp5_holds(const std::string& path, const Study& study) {
  adios2::ADIOS adios(MPI_COMM_WORLD);
  adios2::IO io = adios.DeclareIO("read");
  io.SetEngine("BP5");
  adios2::Engine engine = io.Open(path, adios2::Mode::ReadRandomAccess);
  adios2::Variable<double> variable = io.InquireVariable<double>("u");
  bool is_same = variable && variable.Steps() == static_cast<std::size_t>(study.steps);
  MPI_Allreduce(MPI_IN_PLACE, &is_same, 1, MPI_CXX_BOOL, MPI_LAND, MPI_COMM_WORLD);
  std::vector<double> values;
  for (int n = 0; is_same && n < study.steps; ++n) {
    variable.SetSelection({dims_of(study.block.lower), dims_of(study.block.extents)});
    variable.SetStepSelection({static_cast<std::size_t>(n), 1});
    engine.Get(variable, values, adios2::Mode::Sync);
    is_same = values == study.of_step(n);
    MPI_Allreduce(MPI_IN_PLACE, &is_same, 1, MPI_CXX_BOOL, MPI_LAND, MPI_COMM_WORLD);
  }
  engine.Close();
  return is_same;
}

const char* bp5_compressor() {
#if defined(ADIOS2_HAVE_BLOSC2) || defined(BENCH_BLOSC2_DIRECTORY)
  return "blosc2 zstd";
#else
  return "bzip2";
#endif
}

}  // namespace bench
