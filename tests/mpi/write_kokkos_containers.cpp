#include <gtest/gtest.h>

#include <tessera/kokkos.hpp>

#include <Kokkos_DualView.hpp>
#include <Kokkos_DynRankView.hpp>
#include <Kokkos_OffsetView.hpp>

#include "support/test_file.hpp"

/// \file
/// Kokkos' other views: DualView, DynRankView, OffsetView, and copies of views.

using namespace tessera_test;
using tessera::Box;
using tessera::Grid;
using tessera::Index;

namespace {

const Index shape{9, 6, 7};

std::size_t extent(const Box& box, std::size_t axis, std::int64_t more = 0) {
  return static_cast<std::size_t>(box.extents()[axis] + more);
}

/// One field, and this rank's box of it.
class KokkosContainers : public testing::Test {
 protected:
  /// Sets `at(k, j, i)`, a place in box plus halo, to the formula's values.
  template <class At>
  void fill(const TestStep& step, const TestField<double>& field, std::int64_t halo, At&& at) {
    for_each_owned(box(), {.halo = {{halo}, {halo}}}, 1, [&](const Index& place, const Index& cell, std::int64_t) {
      at(place[0], place[1], place[2]) = value_at<double>(field.expected->seed, step.formula_step(field), cell);
    });
  }
  const Box& box() const { return blocks[static_cast<std::size_t>(file.rank())][0]; }
  void commit(TestStep& step, const std::vector<TestField<double>>& fields) {
    for (const auto& field : fields) step.expect(field, flat(blocks));
    step.commit();
  }

  TestFile file;
  TestRun run = file.run("run");
  Blocks blocks = bricks(shape, file.size());
};

TEST_F(KokkosContainers, OfADualViewTheSideThatWasModifiedLastIsWritten) {
  using Dual = Kokkos::DualView<double***, Kokkos::LayoutLeft>;
  const auto host = run.field<double>("host", Grid{shape});
  const auto device = run.field<double>("device", Grid{shape});
  Dual on_host("host", extent(box(), 0), extent(box(), 1), extent(box(), 2));
  Dual on_device("device", extent(box(), 0, 2), extent(box(), 1, 2), extent(box(), 2, 2));
  auto step = run.step(0);
  fill(step, host, 0, on_host.view_host());
  on_host.modify_host();
  fill(step, device, 1, on_device.view_device());  // this device is the host
  on_device.modify_device();
  step.raw().put(host.handle, box(), on_host);
  step.raw().put(device.handle, box(), tessera::with_halo(on_device, 1));
  commit(step, {host, device});
  file.close();
}

/// Flags and memory of two sides, which on this machine are one for Kokkos' own.
struct TwoSides {
  using t_dev = Kokkos::View<double*, Kokkos::HostSpace>;
  using t_host = t_dev;
  t_dev device{"device", 1};
  t_host host{"host", 1};
  bool device_is_newer = false;
  bool need_sync_host() const { return device_is_newer; }
  const t_host& view_host() const { return host; }
  const t_dev& view_device() const { return device; }
};

TEST(DualViews, AreSeenByTheirFlags) {
  TwoSides sides;
  EXPECT_EQ(tessera::ArrayTraits<TwoSides>::view(sides).data(), sides.host.data());
  sides.device_is_newer = true;
  EXPECT_EQ(tessera::ArrayTraits<TwoSides>::view(sides).data(), sides.device.data());
}

TEST_F(KokkosContainers, DynRankAndOffsetViewsAreWritten) {
  const auto dynamic = run.field<double>("dynamic", Grid{shape});
  const auto offset = run.field<double>("offset", Grid{shape});
  const auto copy = run.field<double>("copy", Grid{shape});
  for (int n = 0; n < 2; ++n) {
    auto step = run.step(n);
    {
      Kokkos::DynRankView<double, Kokkos::LayoutLeft, Kokkos::HostSpace> a("a", extent(box(), 0, 2),
                                                                           extent(box(), 1, 2), extent(box(), 2, 2));
      fill(step, dynamic, 1, a);
      step.raw().put(dynamic.handle, box(), tessera::with_halo(a, 1));
      // From -1 on: the ghost layers.
      const auto last = [&](std::size_t axis) { return static_cast<std::int64_t>(extent(box(), axis)); };
      Kokkos::Experimental::OffsetView<double***, Kokkos::LayoutRight, Kokkos::HostSpace> b("b", {-1, last(0)},
                                                                                            {-1, last(1)},
                                                                                            {-1, last(2)});
      fill(step, offset, 1, b.view());
      step.raw().put(offset.handle, box(), tessera::with_halo(b, 1));
      Kokkos::deep_copy(b.view(), 0);  // both of one view: the copy has its own values
      fill(step, copy, 1, b.view());
      step.raw().put(copy.handle, box(), tessera::copied(tessera::with_halo(b, 1)));
      fill(step, offset, 1, b.view());
    }  // the views are gone here but for what the step keeps
    commit(step, {dynamic, offset, copy});
  }
  file.close();
}

/// One scratch view for two fields.
TEST_F(KokkosContainers, CopiedViewsCanBeUsedAgain) {
  const auto one = run.field<double>("one", Grid{shape});
  const auto two = run.field<double>("two", Grid{shape});
  const Kokkos::View<double***, Kokkos::LayoutLeft, Kokkos::HostSpace> scratch("scratch", extent(box(), 0, 2),
                                                                               extent(box(), 1, 2),
                                                                               extent(box(), 2, 2));
  auto step = run.step(0);
  for (const auto& field : {one, two}) {
    fill(step, field, 1, scratch);
    step.raw().put(field.handle, box(), tessera::copied(tessera::with_halo(scratch, 1)));
  }
  commit(step, {one, two});
  file.close();
}

}  // namespace
