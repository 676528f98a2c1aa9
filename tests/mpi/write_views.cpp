#include <gtest/gtest.h>

#include <tessera/kokkos.hpp>

#include "support/test_file.hpp"

/// \file
/// Kokkos views of rank 1 to 5 in every layout, as they come out of a simulation on the host.

using namespace tessera_test;
using tessera::Box;
using tessera::Grid;
using tessera::Index;

namespace {

/// `view(i, j, ...)` for an index that is known at run time.
template <class View>
auto& at(const View& view, const Index& i) {
  const auto n = [&](std::size_t axis) { return static_cast<std::size_t>(i[axis]); };
  if constexpr (View::rank == 1) return view(n(0));
  else if constexpr (View::rank == 2) return view(n(0), n(1));
  else if constexpr (View::rank == 3) return view(n(0), n(1), n(2));
  else if constexpr (View::rank == 4) return view(n(0), n(1), n(2), n(3));
  else return view(n(0), n(1), n(2), n(3), n(4));
}

template <class View>
View make_view(const Index& extents) {
  typename View::array_layout layout;
  for (std::size_t axis = 0; axis < extents.size(); ++axis) {
    layout.dimension[axis] = static_cast<std::size_t>(extents[axis]);
  }
  return View("view", layout);
}

/// The part of a larger view that has these extents and begins at 1 on every axis: a LayoutStride view with gaps.
template <class View>
auto inner(const View& larger, const Index& extents) {
  const auto range = [&](std::size_t axis) { return Kokkos::make_pair(std::int64_t{1}, extents[axis] + 1); };
  if constexpr (View::rank == 1) return Kokkos::subview(larger, range(0));
  else if constexpr (View::rank == 2) return Kokkos::subview(larger, range(0), range(1));
  else if constexpr (View::rank == 3) return Kokkos::subview(larger, range(0), range(1), range(2));
  else if constexpr (View::rank == 4) return Kokkos::subview(larger, range(0), range(1), range(2), range(3));
  else return Kokkos::subview(larger, range(0), range(1), range(2), range(3), range(4));
}

Index grown(Index extents, std::int64_t by) {
  for (std::int64_t& extent : extents) extent += by;
  return extents;
}

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

/// The copy for views that the host cannot reach, made of one that it can: same strides, same values.
TEST(HostCopy, OfAContiguousViewHasItsStrides) {
  const Index extents{4, 3, 5};
  const auto view = make_view<Kokkos::View<double***, Kokkos::LayoutLeft, Kokkos::HostSpace>>(extents);
  for_each_index(extents, [&](const Index& index) { at(view, index) = value_at<double>(1, 1, index); });
  const auto copy = tessera::detail::host_copy_of(view);
  EXPECT_NE(copy.get(), view.data());
  for_each_index(extents, [&](const Index& index) {
    const auto offset = index[0] * static_cast<std::int64_t>(view.stride_0()) +
                        index[1] * static_cast<std::int64_t>(view.stride_1()) +
                        index[2] * static_cast<std::int64_t>(view.stride_2());
    EXPECT_EQ(copy.get()[offset], at(view, index));
  });
}

TEST(HostCopy, OfAViewWithGapsIsInCOrder) {
  const Index extents{4, 3, 5};
  const auto larger = make_view<Kokkos::View<float***, Kokkos::LayoutLeft, Kokkos::HostSpace>>(grown(extents, 2));
  const auto view = inner(larger, extents);
  ASSERT_FALSE(view.span_is_contiguous());
  for_each_index(extents, [&](const Index& index) { at(view, index) = value_at<float>(1, 1, index); });
  const auto copy = tessera::detail::host_copy_of(view);
  std::ptrdiff_t place = 0;
  for_each_index(extents, [&](const Index& index) { EXPECT_EQ(copy.get()[place++], at(view, index)); });
}

TEST(HostCopy, OutlivesTheView) {
  std::shared_ptr<const double> copy;
  {
    const auto view = make_view<Kokkos::View<double*, Kokkos::HostSpace>>({3});
    Kokkos::deep_copy(view, 2.5);
    copy = tessera::detail::host_copy_of(view);
  }
  EXPECT_EQ(copy.get()[2], 2.5);
}

/// What views on a device do: the copy is made at commit, and read in place of the view's own memory.
TEST(HostCopy, IsWhatACommitReads) {
  const Index shape{9, 8, 7};
  TestFile file;
  auto run = file.run("run");
  const auto field = run.field<double>("field", Grid{shape});
  const Blocks blocks = slabs(shape, file.size());
  const Box box = blocks[static_cast<std::size_t>(file.rank())][0];
  auto step = run.step(0);
  const auto view = make_view<Kokkos::View<double***, Kokkos::LayoutLeft, Kokkos::HostSpace>>(box.extents());
  const Index strides{static_cast<std::int64_t>(view.stride_0()), static_cast<std::int64_t>(view.stride_1()),
                      static_cast<std::int64_t>(view.stride_2())};
  const double elsewhere = 0;  // an address that the host must not read from
  step.raw().put(field.handle, box, tessera::array(&elsewhere, box.extents(), strides).with_host_copy([view] {
    return tessera::detail::host_copy_of(view);
  }));
  for_each_owned(box, {}, 1, [&](const Index& place, const Index& cell, std::int64_t) {
    at(view, place) = value_at<double>(field.expected->seed, step.formula_step(field), cell);
  });
  step.expect(field, flat(blocks));
  step.commit();
  file.close();
}

}  // namespace
