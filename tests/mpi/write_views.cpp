#include <gtest/gtest.h>

#include <vector>

#include <tessera/kokkos.hpp>
#include <tessera/reader.hpp>

#include "support/test_file.hpp"
#include "support/views.hpp"

/// \file
/// Kokkos views of rank 1 to 6 in every layout, as they come out of a simulation on the host.

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

/// Tensors of 3 x 2, whose two axes are the view's last ones: put, read as flat memory, and into such a view.
template <class View>
void write_tensors(const Index& shape) {
  const std::string path = output_path();
  tessera::Writer out(MPI_COMM_WORLD, path, {.overwrite = true});
  auto run = out.run("a");
  const auto field = run.field<double>("t", Grid{shape}, {.tensor_axes = {{.length = 3}, {.length = 2}}});
  int rank = 0, size = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  const Box box = slabs(shape, size)[static_cast<std::size_t>(rank)][0];
  Index extents = grown(box.extents(), 2);
  extents.push_back(3);
  extents.push_back(2);
  const View view = make_view<View>(extents), other = make_view<View>(extents);
  std::vector<double> wanted;
  const Memory memory{.halo = {{1}, {1}}};
  for_each_owned(box, memory, 6, [&](Index place, const Index& cell, std::int64_t component) {
    place[shape.size()] = component / 2;
    place.push_back(component % 2);
    double number = 0;
    for (const std::int64_t i : cell) number = 10 * number + static_cast<double>(i);
    wanted.push_back(number + 0.1 * static_cast<double>(component));
    at(view, place) = wanted.back();
  });
  auto step = run.step(0);
  step.put(field, box, tessera::with_halo(view, 1));
  step.commit();
  out.close();
  tessera::Reader in(MPI_COMM_WORLD, path);
  std::vector<double> found(wanted.size());
  auto stored = in.run("a").step(0);
  stored.get("t", box, found);
  stored.get("t", box, tessera::into(other).with_halo(1));
  stored.read();
  in.close();
  EXPECT_EQ(found, wanted);
  std::size_t number = 0;
  for_each_owned(box, memory, 6, [&](Index place, const Index&, std::int64_t component) {
    place[shape.size()] = component / 2;
    place.push_back(component % 2);
    EXPECT_EQ(at(other, place), wanted[number++]);
  });
}

TEST(WriteViews, OfTensors) {
  write_tensors<Kokkos::View<double*****, Kokkos::LayoutLeft, Kokkos::HostSpace>>({6, 4, 3});
  write_tensors<Kokkos::View<double*****, Kokkos::LayoutRight, Kokkos::HostSpace>>({6, 4, 3});
  write_tensors<Kokkos::View<double******, Kokkos::LayoutLeft, Kokkos::HostSpace>>({6, 2, 3, 2});
  write_tensors<Kokkos::View<double*** [3][2], Kokkos::LayoutRight, Kokkos::HostSpace>>({6, 4, 3});
}

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
