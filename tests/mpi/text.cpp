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

/// Text of every kind, for tests/interop/check_text.py: in the root group, which netCDF's older programs read, and in
/// runs with more parameters than an object header has by default.
TEST(Text, OfFilesRunsAndFields) {
  int rank = 0;
  int size = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  tessera::Writer out(MPI_COMM_WORLD, "text.nc",
                      {.overwrite = true, .history = "2026-01-01: made", .attributes = {{"title", "a study"}}});
  const Index shape{6, 5, 4};
  const auto boxes = slabs(shape, size)[static_cast<std::size_t>(rank)];
  const std::vector<double> values(6 * 5 * 4, 1.5);
  Attributes parameters{{"solver", "cg"}, {"names", std::vector<std::string>{"a", "bcd", "\xc3\xa9"}}, {"empty", ""},
                        {"none", std::vector<std::string>{}}, {"zero", std::string("a\0b", 3)}};
  for (int i = 0; i < 20; ++i) parameters.push_back({"parameter_" + std::to_string(i), "value " + std::to_string(i)});
  auto named = out.run("simulation_1", parameters, {.time_unit = "s"});
  auto root = out.root({}, {.time_unit = "seconds since 2026-01-01 00:00:00"});
  for (auto* run : {&named, &root}) {
    const auto field = run->field<double>(
        "temperature", Grid{shape, {.unit = "m"}},
        {.unit = "K", .long_name = "Temp\xc3\xa9rature", .attributes = {{"standard_name", "air_temperature"}, {"scheme", "weno"}}});
    for (int n = 0; n < 2; ++n) {
      auto step = run->step(n);
      for (const tessera::Box& box : boxes) step.put(field, box, values.data());
      step.commit();
    }
  }
  out.close();
}

}  // namespace
