#include <tessera/tessera.hpp>

#include "adios2/output.hpp"

namespace bench {

namespace {

class TesseraOutput : public Output {
 public:
  TesseraOutput(const std::string& path, const Study& study)
      : is_async_(study.is_async), box_(box_of(study.block)),
        writer_(MPI_COMM_WORLD, path, {.overwrite = true, .codec = tessera::Codec::deflate(study.level)}),
        run_(writer_.run("run")), field_(run_.field<double>("u", tessera::Grid{{study.edge, study.edge, study.edge}},
                                                            {.chunk = tessera::Index::filled(3, study.chunk)})) {}
  void write(int number, const double* values) override {
    tessera::Step step = run_.step(number);
    step.put(field_, box_, values);
    is_async_ ? step.commit_async() : step.commit();
  }
  void close() override { writer_.close(); }

 private:
  bool is_async_;
  tessera::Box box_;
  tessera::Writer writer_;
  tessera::Run run_;
  tessera::Field<double> field_;
};

}  // namespace

std::unique_ptr<Output> open_tessera(const std::string& path, const Study& study) {
  return std::make_unique<TesseraOutput>(path, study);
}

bool tessera_holds(const std::string& path, const Study& study) {
  tessera::Reader in(MPI_COMM_WORLD, path);
  const auto run = in.run("run");
  bool is_same = run.steps() == study.steps;
  std::vector<double> values(study.of_step(0).size());
  for (int n = 0; is_same && n < study.steps; ++n) {
    auto step = run.step(n);
    step.get("u", box_of(study.block), values);
    step.read();
    is_same = values == study.of_step(n);
    MPI_Allreduce(MPI_IN_PLACE, &is_same, 1, MPI_CXX_BOOL, MPI_LAND, MPI_COMM_WORLD);
  }
  in.close();
  return is_same;
}

}  // namespace bench
