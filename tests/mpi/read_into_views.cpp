#include <gtest/gtest.h>

#include <tessera/tessera.hpp>

#include "support/device_view.hpp"
#include "support/test_file.hpp"

/// \file
/// Reading into views of the default execution space, a device where Kokkos has one, and of the host.

using namespace tessera_test;
using tessera::Box;
using tessera::Grid;
using tessera::Index;
using tessera::Reader;

namespace {

const Index shape{9, 8, 7};
constexpr std::int64_t components = 2;

/// Two fields of one step, written in bricks.
std::string written() {
  TestFile file;
  auto run = file.run("run");
  const auto field = run.field<double>("field", Grid{shape});
  const auto vector = run.field<float>("vector", Grid{shape}, {.components = components});
  auto step = run.step(0);
  step.put(field, bricks(shape, file.size()));
  step.put(vector, bricks(shape, file.size()));
  step.commit();
  file.close();
  return file.path();
}

/// The view's values on the host.
template <class View>
auto on_host(const View& view) {
  const auto host = Kokkos::create_mirror(view);
  Kokkos::deep_copy(host, view);
  return host;
}

/// The owned cells are the formula's, `around` layers around them and everything else is untouched.
template <class T, class View>
void expect_read(const View& larger, const Box& box, std::int64_t seed, std::int64_t parts, std::int64_t around) {
  const auto host = on_host(larger);
  Index extents;
  for (std::size_t axis = 0; axis < View::rank; ++axis) extents.push_back(larger.extent(axis));
  std::int64_t untouched = 0;
  for_each_index(extents, [&](const Index& index) { untouched += at(host, index) == T{77} ? 1 : 0; });
  std::int64_t total = 1;
  for (const std::int64_t extent : extents) total *= extent;
  EXPECT_EQ(untouched, total - box.volume() * parts);
  const Memory memory{.halo = {{around}, {around}}};
  for_each_owned(box, memory, parts, [&](const Index& place, const Index& cell, std::int64_t component) {
    EXPECT_EQ(at(host, place), value_at<T>(static_cast<std::uint64_t>(seed), 0, cell, component));
  });
}

/// Reads the rank's slab, whole and as the inner part of a larger view with ghost layers.
template <class View>
void read_all(const std::string& path, const char* name, std::int64_t seed, std::int64_t parts) {
  using T = typename View::value_type;
  const Box box = uneven_slabs(shape, world_size(), 2)[static_cast<std::size_t>(world_rank())][0];
  Index extents = box.extents();
  if (parts > 1) extents.push_back(parts);
  const auto nothing = [](auto&&) {};
  const View whole = filled_on_device<View>(extents, nothing);
  const View larger = filled_on_device<View>(grown(extents, 4), nothing);
  Index with_layers = grown(box.extents(), 2);
  if (parts > 1) with_layers.push_back(parts);
  Reader in(MPI_COMM_WORLD, path);
  auto step = in.run("run").last();
  step.get(name, box, tessera::into(whole));
  step.get(name, box, tessera::into(inner(larger, with_layers)).with_halo(1));
  step.read();
  in.close();
  expect_read<T>(whole, box, seed, parts, 0);
  if (parts == 1) expect_read<T>(larger, box, seed, parts, 2);
}

/// The target as one on a device, wherever it lies.
template <class View>
auto through_device(const View& view) {
  return tessera::Target{tessera::ArrayRef(seen_on_device(view))};
}

TEST(ReadIntoViews, OfTheDefaultSpace) {
  const std::string path = written();
  read_all<Kokkos::View<double***, Kokkos::LayoutLeft, DeviceSpace>>(path, "field", 1, 1);
  read_all<Kokkos::View<double***, Kokkos::LayoutRight, DeviceSpace>>(path, "field", 1, 1);
  read_all<Kokkos::View<float****, Kokkos::LayoutLeft, DeviceSpace>>(path, "vector", 2, components);
  read_all<Kokkos::View<float****, Kokkos::LayoutRight, DeviceSpace>>(path, "vector", 2, components);
}

TEST(ReadIntoViews, OfTheHost) {
  const std::string path = written();
  read_all<Kokkos::View<double***, Kokkos::LayoutLeft, Kokkos::HostSpace>>(path, "field", 1, 1);
  read_all<Kokkos::View<float****, Kokkos::LayoutRight, Kokkos::HostSpace>>(path, "vector", 2, components);
}

/// The file's double as float, spread by a kernel among ghost layers that stay.
TEST(ReadIntoViews, ThroughTheDevice) {
  using View = Kokkos::View<float***, Kokkos::LayoutLeft, DeviceSpace>;
  const std::string path = written();
  const Box box = slabs(shape, world_size(), 1)[static_cast<std::size_t>(world_rank())][0];
  const View view = filled_on_device<View>(grown(box.extents(), 2), [](auto&&) {});
  Reader in(MPI_COMM_WORLD, path);
  auto step = in.run("run").last();
  step.get("field", box, through_device(view).with_halo(1));
  step.read();
  in.close();
  const auto host = on_host(view);
  EXPECT_EQ(host(0, 0, 0), 77.0f);
  for_each_owned(box, {.halo = {{1}, {1}}}, 1, [&](const Index& place, const Index& cell, std::int64_t) {
    EXPECT_EQ(at(host, place), static_cast<float>(value_at<double>(1, 0, cell)));
  });
}

/// Kept alive by the request.
TEST(ReadIntoViews, ThatNobodyElseHolds) {
  using View = Kokkos::View<double***, Kokkos::LayoutRight, DeviceSpace>;
  const std::string path = written();
  const Box box = slabs(shape, world_size())[static_cast<std::size_t>(world_rank())][0];
  Reader in(MPI_COMM_WORLD, path);
  auto step = in.run("run").last();
  {
    const View view = filled_on_device<View>(box.extents(), [](auto&&) {});
    step.get("field", box, through_device(view));
  }
  EXPECT_NO_THROW(step.read());
  in.close();
}

}  // namespace
