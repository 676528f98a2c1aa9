#include <gtest/gtest.h>

#include <tessera/kokkos.hpp>

#include <Kokkos_DualView.hpp>
#include <Kokkos_DynRankView.hpp>

#include "support/device_view.hpp"
#include "support/test_file.hpp"

/// \file
/// Views of the default execution space, which is a device where Kokkos has one, put into files. What copies from
/// devices is also called by name, so that it runs where the host could read the view.

using namespace tessera_test;
using tessera::Box;
using tessera::Grid;
using tessera::Index;

namespace {

template <class Data>
using Left = Kokkos::View<Data, Kokkos::LayoutLeft, DeviceSpace>;
template <class Data>
using Right = Kokkos::View<Data, Kokkos::LayoutRight, DeviceSpace>;

/// Puts this rank's boxes from views that are gone before the commit. `gap`: the views are parts of larger ones.
template <class View, class T, class Seen>
void put_views(TestStep& step, const TestField<T>& field, const Blocks& blocks, std::int64_t halo, std::int64_t gap,
               Seen&& seen) {
  const std::int64_t components = field.expected->options.components;
  const Memory memory{.halo = {{halo}, {halo}}};
  for (const Box& box : blocks[static_cast<std::size_t>(world_rank())]) {
    const Index extents = array_extents(box, memory, components);
    const auto fill = [&](auto&& host) {
      for_each_owned(box, memory, components, [&](const Index& place, const Index& cell, std::int64_t component) {
        at(host, place) = value_at<T>(field.expected->seed, step.formula_step(field), cell, component);
      });
    };
    if (gap == 0) {
      step.raw().put(field.handle, box, tessera::with_halo(seen(filled_on_device<View>(extents, fill)), halo));
    } else {
      const auto fill_inner = [&](auto&& host) { fill(inner(host, extents)); };
      const View larger = filled_on_device<View>(grown(extents, gap), fill_inner);
      step.raw().put(field.handle, box, tessera::with_halo(seen(inner(larger, extents)), halo));
    }
  }
  step.expect(field, flat(blocks));
}

const auto as_it_is = [](const auto& view) { return view; };
const auto through_device = [](const auto& view) { return seen_on_device(view); };

/// A field for each layout, with gaps and without, of views as they are and through the device.
template <class Data>
void write_layouts(const Index& shape, std::int64_t components, std::int64_t halo,
                   tessera::Precision precision = tessera::Precision::as_given) {
  using T = typename Right<Data>::value_type;
  TestFile file;
  auto run = file.run("run");
  const tessera::FieldOptions<T> options{.components = components, .precision = precision};
  std::vector<TestField<T>> fields;
  for (const char* name : {"left", "right", "left_part", "right_part", "left_seen", "right_seen"}) {
    fields.push_back(run.field<T>(name, Grid{shape}, options));
  }
  const Blocks blocks = bricks(shape, file.size());
  for (int n = 0; n < 2; ++n) {
    auto step = run.step(n);
    put_views<Left<Data>>(step, fields[0], blocks, halo, 0, through_device);
    put_views<Right<Data>>(step, fields[1], blocks, halo, 0, through_device);
    put_views<Left<Data>>(step, fields[2], blocks, halo, 3, through_device);
    put_views<Right<Data>>(step, fields[3], blocks, halo, 3, through_device);
    put_views<Left<Data>>(step, fields[4], blocks, halo, 0, as_it_is);
    put_views<Right<Data>>(step, fields[5], blocks, halo, 2, as_it_is);
    step.commit();
  }
  file.close();
}

TEST(DeviceViews, RankOne) { write_layouts<double*>({101}, 1, 1); }
TEST(DeviceViews, RankTwo) { write_layouts<double**>({17, 13}, 1, 2); }
TEST(DeviceViews, RankTwoWithComponents) { write_layouts<std::int32_t**>({51}, 3, 1); }
TEST(DeviceViews, RankThree) { write_layouts<double***>({11, 7, 9}, 1, 1); }
TEST(DeviceViews, RankThreeOfFloatWithoutHalo) { write_layouts<float***>({11, 7, 9}, 1, 0); }
TEST(DeviceViews, RankFour) { write_layouts<double****>({5, 6, 7, 4}, 1, 1); }
TEST(DeviceViews, RankFourWithComponents) { write_layouts<std::uint8_t****>({9, 7, 6}, 6, 1); }
TEST(DeviceViews, RankFiveWithComponents) { write_layouts<double*****>({4, 5, 6, 3}, 3, 1); }
TEST(DeviceViews, OfDoubleStoredAsFloat) { write_layouts<double***>({11, 7, 9}, 1, 1, tessera::Precision::single); }
TEST(DeviceViews, WithoutHaloOfDoubleStoredAsFloat) {
  write_layouts<double****>({9, 8, 7}, 3, 0, tessera::Precision::single);
}

/// One field, and this rank's box of it.
class DeviceField : public testing::Test {
 protected:
  static constexpr std::int64_t halo = 1;
  const Box& box() const { return blocks[static_cast<std::size_t>(file.rank())][0]; }
  Index extents() const { return array_extents(box(), {.halo = {{halo}, {halo}}}, 1); }
  /// Sets the owned cells of a host view of box plus halo.
  auto filler(const TestStep& step, const TestField<double>& of) const {
    return [this, seed = of.expected->seed, n = step.formula_step(of)](auto&& host) {
      for_each_owned(box(), {.halo = {{halo}, {halo}}}, 1, [&](const Index& place, const Index& cell, std::int64_t) {
        host(place[0], place[1], place[2]) = value_at<double>(seed, n, cell);
      });
    };
  }
  template <class Source>
  void put(TestStep& step, const TestField<double>& to, const Source& source) {
    step.raw().put(to.handle, box(), tessera::with_halo(source, halo));
    step.expect(to, flat(blocks));
  }

  const Index shape{9, 8, 7};
  TestFile file;
  TestRun run = file.run("run");
  TestField<double> field = run.field<double>("field", Grid{shape});
  Blocks blocks = uneven_slabs(shape, file.size());
};

using View = Left<double***>;

/// A kernel that was started before the commit counts, also when the program did not wait for it.
TEST_F(DeviceField, TheLastKernelBeforeTheCommitIsSeen) {
  auto step = run.step(0);
  const View view = make_view<View>(extents());
  const View later = filled_on_device<View>(extents(), filler(step, field));
  put(step, field, seen_on_device(view));
  Kokkos::deep_copy(DeviceSpace(), view, later);
  step.commit();
  file.close();
}

/// One scratch view for two fields.
TEST_F(DeviceField, CopiesCanBeAskedFor) {
  const auto second = run.field<double>("second", Grid{shape}, {.precision = tessera::Precision::single});
  auto step = run.step(0);
  const View scratch = make_view<View>(extents());
  for (const auto& each : {field, second}) {
    Kokkos::deep_copy(scratch, filled_on_device<View>(extents(), filler(step, each)));
    put(step, each, tessera::copied(seen_on_device(scratch)));
  }
  set_all(scratch, -1.0);
  step.commit();
  file.close();
}

TEST_F(DeviceField, SidesOfADualView) {
  using Dual = Kokkos::DualView<double***, Kokkos::LayoutRight, DeviceSpace>;
  const auto second = run.field<double>("second", Grid{shape});
  const Index n = extents();
  const auto dual = [&] {
    return Dual("dual", static_cast<std::size_t>(n[0]), static_cast<std::size_t>(n[1]), static_cast<std::size_t>(n[2]));
  };
  auto step = run.step(0);
  const Dual host = dual();
  filler(step, field)(host.view_host());
  auto modified = host;
  modified.modify_host();
  put(step, field, modified);
  auto device = dual();
  filler(step, second)(device.view_host());
  device.modify_host();
  device.sync_device();
  device.modify_device();
  if (!tessera::detail::host_can_access<DeviceSpace::memory_space>) Kokkos::deep_copy(device.view_host(), -1.0);
  put(step, second, device);
  step.commit();
  file.close();
}

TEST_F(DeviceField, ADynRankView) {
  using Dynamic = Kokkos::DynRankView<double, Kokkos::LayoutLeft, DeviceSpace>;
  const Index n = extents();
  const Dynamic view("dynamic", static_cast<std::size_t>(n[0]), static_cast<std::size_t>(n[1]),
                     static_cast<std::size_t>(n[2]));
  const auto mirror = Kokkos::create_mirror_view(view);
  auto step = run.step(0);
  filler(step, field)(mirror);
  Kokkos::deep_copy(view, mirror);
  put(step, field, view);
  step.commit();
  file.close();
}

/// Several boxes on each rank, and ranks without any.
TEST(DeviceBoxes, AreAnyNumber) {
  const Index shape{9, 8, 7};
  TestFile file;
  auto run = file.run("run");
  const auto many = run.field<double>("many", Grid{shape});
  const auto last = run.field<float>("last", Grid{shape});
  auto step = run.step(0);
  put_views<Left<double***>>(step, many, interleaved(shape, file.size(), 1), 2, 0, through_device);
  put_views<Right<float***>>(step, last, all_on(shape, file.size(), file.size() - 1), 0, 2, through_device);
  step.commit();
  file.close();
}

}  // namespace
