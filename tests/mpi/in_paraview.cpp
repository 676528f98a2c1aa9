#include <gtest/gtest.h>

#include <tessera/writer.hpp>

#include "support/blocks.hpp"
#include "support/for_each_index.hpp"
#include "support/test_file.hpp"

using namespace tessera_test;
using tessera::Box;
using tessera::Grid;
using tessera::Index;

namespace {

/// A box in metres, in the root group, where VTK's netCDF reader looks: tests/interop/check_vtk.py opens it. With the
/// attribute `axis` = X, Y, Z of its axes that reader would wrap it onto a sphere.
TEST(InParaview, ABoxIsABox) {
  const Index shape{6, 6, 10};
  const Blocks blocks = slabs(shape, world_size());
  tessera::Writer out(MPI_COMM_WORLD, output_path(".h5"), {.overwrite = true});
  auto run = out.root();
  const auto field =
      run.field<double>("temperature", Grid{shape, {.spacing = {0.3, 0.2, 0.1}, .origin = {1, 2, 3}, .unit = "m"}},
                        {.unit = "K"});
  for (const double time : {0.0, 0.5}) {
    auto step = run.step(time);
    std::vector<std::vector<double>> kept;  // until the commit
    for (const Box& box : blocks[static_cast<std::size_t>(world_rank())]) {
      std::vector<double>& values = kept.emplace_back();
      for_each_index(box.extents(), [&](const Index& at) {
        values.push_back(static_cast<double>(10000 * (box.lower[0] + at[0]) + 100 * at[1] + at[2]) + time);
      });
      step.put(field, box, values.data());
    }
    step.commit();
  }
  out.close();
}

}  // namespace
