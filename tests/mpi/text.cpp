#include <gtest/gtest.h>
#include <mpi.h>

#include <string>
#include <vector>

#include <tessera/tessera.hpp>

#include "support/blocks.hpp"

using namespace tessera_test;
using tessera::Attributes;
using tessera::Grid;
using tessera::Index;

namespace {

/// Two steps of a field with text attributes.
void write_field(tessera::Run& run, int rank, int size) {
  const Index shape{6, 5, 4};
  const auto boxes = slabs(shape, size)[static_cast<std::size_t>(rank)];
  const std::vector<double> values(6 * 5 * 4, 1.5);
  const auto field = run.field<double>("temperature", Grid{shape, {.unit = "m"}},
                                       {.unit = "K",
                                        .long_name = "Temp\xc3\xa9rature",
                                        .attributes = {{"standard_name", "air_temperature"}, {"scheme", "weno"}}});
  for (int n = 0; n < 2; ++n) {
    auto step = run.step(n);
    for (const tessera::Box& box : boxes) step.put(field, box, values.data());
    step.commit();
  }
}

/// Text of every kind, for tests/interop/check_text.py: a file with the root group alone, which is all that some
/// programs read, and one with a run that has more parameters than an object header has by default.
TEST(Text, OfFilesRunsAndFields) {
  int rank = 0;
  int size = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  {
    tessera::Writer out(MPI_COMM_WORLD, "root.nc",
                        {.overwrite = true, .history = "2026-01-01: made", .attributes = {{"title", "a study"}}});
    auto root = out.root({}, {.time_unit = "seconds since 2026-01-01 00:00:00"});
    write_field(root, rank, size);
    out.close();
  }
  tessera::Writer out(MPI_COMM_WORLD, "runs.nc", {.overwrite = true});
  Attributes parameters{{"solver", "cg"}, {"names", std::vector<std::string>{"a", "bcd", "\xc3\xa9"}}, {"empty", ""}};
  for (int i = 0; i < 20; ++i) parameters.push_back({"parameter_" + std::to_string(i), "value " + std::to_string(i)});
  auto run = out.run("simulation_1", parameters);
  write_field(run, rank, size);
  out.close();
}

}  // namespace
