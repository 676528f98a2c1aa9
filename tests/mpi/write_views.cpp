#include <gtest/gtest.h>

#include <tessera/kokkos.hpp>

#include "support/test_file.hpp"
#include "support/views.hpp"

/// \file
/// Kokkos views of rank 1 to 5 in every layout, as they come out of a simulation on the host.

using namespace tessera_test;
using tessera::Box;
using tessera::Grid;
using tessera::Index;

namespace {

/// Puts this rank's boxes from views that `make(extents)` returns, filled by the formula.
template <class T, class Make>
void put_views(TestStep& step, const TestField<T>& field, const Blocks& blocks, int rank, std::int64_t halo,
               Make&& make) {
  const std::int64_t components = field.expected->options.components;
  const Memory memory{.halo = {{halo}, {halo}}};
  for (const Box& box : blocks[static_cast<std::size_t>(rank)]) {
    const auto view = make(array_extents(box, memory, components));
    for_each_owned(box, memory, components, [&](const Index& place, const Index& cell, std::int64_t component) {
      at(view, place) = value_at<T>(field.expected->seed, step.formula_step(field), cell, component);
    });
    step.raw().put(field.handle, box, tessera::with_halo(view, halo));
  }
  step.expect(field, flat(blocks));
}

/// One field for each layout of a view of this data type, with components where `components` is not 1.
template <class Data>
void write_layouts(const Index& shape, std::int64_t components, std::int64_t halo) {
  using Element = typename Kokkos::View<Data, Kokkos::HostSpace>::value_type;
  using Left = Kokkos::View<Data, Kokkos::LayoutLeft, Kokkos::HostSpace>;
  using Right = Kokkos::View<Data, Kokkos::LayoutRight, Kokkos::HostSpace>;
  TestFile file;
  auto run = file.run("run");
  const tessera::FieldOptions<Element> options{.components = components};
  const auto left = run.field<Element>("left", Grid{shape}, options);
  const auto right = run.field<Element>("right", Grid{shape}, options);
  const auto left_part = run.field<Element>("left_part", Grid{shape}, options);
  const auto right_part = run.field<Element>("right_part", Grid{shape}, options);
  const Blocks blocks = bricks(shape, file.size());
  for (int n = 0; n < 2; ++n) {
    auto step = run.step(n);
    put_views(step, left, blocks, file.rank(), halo, make_view<Left>);
    put_views(step, right, blocks, file.rank(), halo, make_view<Right>);
    put_views(step, left_part, blocks, file.rank(), halo,
              [](const Index& extents) { return inner(make_view<Left>(grown(extents, 3)), extents); });
    put_views(step, right_part, blocks, file.rank(), halo,
              [](const Index& extents) { return inner(make_view<Right>(grown(extents, 3)), extents); });
    step.commit();  // the views are gone here but for what the step keeps
  }
  file.close();
}

TEST(WriteViews, RankOne) { write_layouts<double*>({101}, 1, 1); }
TEST(WriteViews, RankTwo) { write_layouts<double**>({17, 13}, 1, 2); }
TEST(WriteViews, RankTwoWithComponents) { write_layouts<std::int32_t**>({51}, 3, 1); }
TEST(WriteViews, RankThree) { write_layouts<double***>({11, 7, 9}, 1, 1); }
TEST(WriteViews, RankThreeOfFloat) { write_layouts<float***>({11, 7, 9}, 1, 0); }
TEST(WriteViews, RankFour) { write_layouts<double****>({5, 6, 7, 4}, 1, 1); }
TEST(WriteViews, RankFourWithComponents) { write_layouts<std::uint8_t****>({9, 7, 6}, 6, 1); }
TEST(WriteViews, RankFiveWithComponents) { write_layouts<double*****>({4, 5, 6, 3}, 3, 1); }

TEST(WriteViews, OneComponentOfAnInterleavedArray) {
  const Index shape{9, 8, 7};
  TestFile file;
  auto run = file.run("run");
  const auto field = run.field<double>("field", Grid{shape});
  const Blocks blocks = slabs(shape, file.size());
  auto step = run.step(0);
  put_views(step, field, blocks, file.rank(), 1, [](Index extents) {
    extents.push_back(3);
    const auto all = make_view<Kokkos::View<double****, Kokkos::LayoutRight, Kokkos::HostSpace>>(extents);
    return Kokkos::subview(all, Kokkos::ALL, Kokkos::ALL, Kokkos::ALL, 1);
  });
  step.commit();
  file.close();
}

TEST(WriteViews, ReadOnlyAndUnmanagedOnes) {
  using Unmanaged =
      Kokkos::View<const double***, Kokkos::LayoutLeft, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
  const Index shape{9, 8, 7};
  TestFile file;
  auto run = file.run("run");
  const auto field = run.field<double>("field", Grid{shape});
  const Blocks blocks = slabs(shape, file.size());
  const Box box = blocks[static_cast<std::size_t>(file.rank())][0];
  auto step = run.step(0);
  const auto array = filled_array<double>(box, {.order = {2, 1, 0}}, 1, field.expected->seed, step.formula_step(field));
  const Index extents = box.extents();
  step.raw().put(field.handle, box,
                 Unmanaged(array.data(), static_cast<std::size_t>(extents[0]), static_cast<std::size_t>(extents[1]),
                           static_cast<std::size_t>(extents[2])));
  step.expect(field, flat(blocks));
  step.commit();
  file.close();
}

/// Memory that only a function of the program can copy: it is called at the commit, and its copy is read in place of
/// the memory itself.
TEST(HostCopy, IsWhatACommitReads) {
  const Index shape{9, 8, 7};
  TestFile file;
  auto run = file.run("run");
  const auto field = run.field<double>("field", Grid{shape});
  const Blocks blocks = slabs(shape, file.size());
  const Box box = blocks[static_cast<std::size_t>(file.rank())][0];
  auto step = run.step(0);
  const auto view = make_view<Kokkos::View<double***, Kokkos::LayoutLeft, Kokkos::HostSpace>>(box.extents());
  const Index strides{view.stride(0), view.stride(1), view.stride(2)};
  const double elsewhere = 0;  // an address that the host must not read from
  step.raw().put(field.handle, box, tessera::array(&elsewhere, box.extents(), strides).with_host_copy([view] {
    const auto copy = std::make_shared<std::vector<double>>(view.data(), view.data() + view.size());
    return std::shared_ptr<const double>(copy, copy->data());
  }));
  for_each_owned(box, {}, 1, [&](const Index& place, const Index& cell, std::int64_t) {
    at(view, place) = value_at<double>(field.expected->seed, step.formula_step(field), cell);
  });
  step.expect(field, flat(blocks));
  step.commit();
  file.close();
}

}  // namespace
