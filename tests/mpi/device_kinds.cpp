#include <gtest/gtest.h>

#include <sys/mman.h>

#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <tessera/tessera.hpp>

#include "support/bricks_mesh.hpp"
#include "support/device_view.hpp"
#include "support/engine.hpp"
#include "support/levels.hpp"
#include "support/outside.hpp"
#include "support/test_file.hpp"

/// \file
/// Fields of each kind (of grids, meshes, tables, refinements; tensors; an array per component; steps in flight) that
/// are put from a device make the file that the same values make from the host, by h5diff; and are read into a device.

using namespace tessera_test;
using tessera::ArrayRef;
using tessera::Box;
using tessera::Index;
using tessera::Writer;

namespace {

template <class T>
using Line = Kokkos::View<T*, DeviceSpace>;

/// An address of its own that nobody can read: a device's memory as the host sees it.
void* unreadable(std::size_t bytes) {
  constexpr std::size_t all = std::size_t{1} << 32;
  static char* next = [] {
    void* region = ::mmap(nullptr, all, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return region == MAP_FAILED ? nullptr : static_cast<char*>(region);
  }();
  if (next == nullptr) throw std::bad_alloc();
  return std::exchange(next, next + (bytes + 63) / 64 * 64);
}

/// The memory of `view`, in C order, as an array that is reached through the device alone.
template <class T>
ArrayRef<T> through_device(const Line<T>& view, const Index& extents) {
  using Memory = tessera::detail::ViewMemory<T, typename Line<T>::device_type>;
  const ArrayRef<T> array(static_cast<const T*>(unreadable(view.size() * sizeof(T))), extents);
  return array.with_device(std::make_shared<Memory>(view.data(), array.strides(), std::make_shared<Line<T>>(view)));
}

template <class T>
Line<T> on_device(const std::vector<T>& values) {
  return filled_on_device<Line<T>>({static_cast<std::int64_t>(values.size())}, [&](auto&& host) {
    for (std::size_t i = 0; i < values.size(); ++i) host(i) = values[i];
  });
}

/// Hands values over, from the host or from the device, and overwrites what it handed over.
class Sources {
 public:
  explicit Sources(bool device) : device_(device) {}

  template <class T>
  ArrayRef<T> operator()(const std::vector<T>& values, const Index& extents) {
    if (device_) {
      const Line<T> view = on_device(values);
      overwrite_.push_back([view] { set_all(view, T(-5)); });
      return through_device(view, extents);
    }
    const auto kept = std::make_shared<std::vector<T>>(values);
    overwrite_.push_back([kept] { kept->assign(kept->size(), T(-5)); });
    return ArrayRef<T>(kept->data(), extents).with_owner(kept);
  }
  void overwrite() {
    for (const auto& each : overwrite_) each();
    overwrite_.clear();
  }

 private:
  bool device_;
  std::vector<std::function<void()>> overwrite_;
};

const Index shape{9, 8, 7};
constexpr int steps = 3;

/// A box with `halo` layers around it, in C order; values follow from the global index.
template <class T>
std::vector<T> cells_of(const Box& box, std::int64_t halo, int step, int component) {
  std::vector<T> values;
  for (std::int64_t z = box.lower[0] - halo; z < box.upper[0] + halo; ++z) {
    for (std::int64_t y = box.lower[1] - halo; y < box.upper[1] + halo; ++y) {
      for (std::int64_t x = box.lower[2] - halo; x < box.upper[2] + halo; ++x)
        values.push_back(static_cast<T>(0.5 * static_cast<double>(x + 8 * y + 64 * z) + 3 * step + 100 * component));
    }
  }
  return values;
}

constexpr int of_tensor = 6;

/// Six components of each number, which is the first of them.
std::vector<double> tensors(const std::vector<double>& firsts) {
  std::vector<double> values;
  for (const double first : firsts) {
    for (int component = 0; component < of_tensor; ++component) values.push_back(first + 0.125 * component);
  }
  return values;
}

/// Of an array with both axes of the components.
Index with_tensor(Index extents) {
  extents.push_back(2);
  extents.push_back(3);
  return extents;
}

Index extents_of(const Box& box, std::int64_t halo) { return grown(box.extents(), 2 * halo); }

int scattered(std::int64_t box) { return static_cast<int>((box * 7 + box / 5) % world_size()); }

/// Other numbers of rows in each step; the rank of that number has none.
std::int64_t rows_of(int step) { return world_rank() == step ? 0 : 5 + 3 * world_rank() + step; }

const std::vector<tessera::TensorAxis> two_by_three{{.name = "row", .length = 2}, {.name = "column", .length = 3}};

/// A run with fields of each kind.
class Kinds {
 public:
  explicit Kinds(tessera::Run run)
      : run_(std::move(run)), velocity_(run_.field<float>("velocity", tessera::Grid{shape}, {.components = 3})),
        half_(run_.field<double>("half", tessera::Grid{shape}, {.precision = tessera::Precision::half})),
        level_(run_.field<std::int32_t>("level", tessera::Grid{shape}, {.time_dependent = false})),
        bricks_(Cut::mixed, world_rank(), scattered), with_ids_(run_.mesh("with_ids", bricks_.part(true), {})),
        parts_(run_.mesh("parts", bricks_.part(false), {})),
        displacement_(run_.field<double>("displacement", with_ids_.nodes(), {.components = 3})),
        stress_(run_.field<double>("stress", with_ids_.cells(), {.precision = tessera::Precision::single})),
        heat_(run_.field<double>("heat", parts_.nodes())), table_(run_.table("particles", {})),
        id_(run_.field<std::int64_t>("id", table_)),
        position_(run_.field<double>("position", table_, {.components = 3})),
        amr_(run_.refinement("amr", levels_options)), density_(run_.field<double>("density", amr_)),
        gradient_(run_.field<double>("gradient", tessera::Grid{shape}, {.tensor_axes = two_by_three})),
        strain_(run_.field<double>("strain", with_ids_.cells(), {.tensor_axes = two_by_three})),
        spin_(run_.field<double>("spin", table_, {.tensor_axes = two_by_three})),
        flux_(run_.field<double>("flux", amr_, {.tensor_axes = two_by_three})) {}

  void put(tessera::Step& step, int n, Sources& sources) const {
    const Box box = uneven_slabs(shape, world_size())[static_cast<std::size_t>(world_rank())].front();
    const auto component = [&](int number, std::int64_t halo) {
      return sources(cells_of<float>(box, halo, n, number), extents_of(box, halo));
    };
    const auto layers = tessera::with_halo(component(0, 1), 1);
    step.put(velocity_, box, tessera::components(layers, component(1, 0), component(2, 0)));
    step.put(half_, box, sources(cells_of<double>(box, 0, n, 0), box.extents()));
    const auto wide = sources(tensors(cells_of<double>(box, 1, n, 0)), with_tensor(extents_of(box, 1)));
    step.put(gradient_, box, tessera::with_halo(wide, 1));
    if (n == 0) step.put(level_, box, sources(cells_of<std::int32_t>(box, 0, 0, 0), box.extents()));
    put_on_meshes(step, n, sources);
    put_rows(step, n, sources);
    put_levels(step, n, sources);
  }
  tessera::Run& run() { return run_; }
  const tessera::Refinement& refinement() const { return amr_; }

 private:
  void put_on_meshes(tessera::Step& step, int n, Sources& sources) const {
    const auto nodes = static_cast<std::int64_t>(bricks_.nodes.size());
    const auto cells = static_cast<std::int64_t>(bricks_.cells.size());
    step.put(displacement_, sources(BricksMesh::values(bricks_.nodes, n, 3), {nodes, 3}));
    step.put(stress_, sources(BricksMesh::values(bricks_.cells, n), {cells}));
    step.put(strain_, sources(tensors(BricksMesh::values(bricks_.cells, n)), with_tensor({cells})));
    step.put(heat_, sources(BricksMesh::values(bricks_.nodes, n), {nodes}));
  }
  void put_rows(tessera::Step& step, int n, Sources& sources) const {
    std::vector<std::int64_t> ids;
    std::vector<double> places, firsts;
    for (std::int64_t row = 0; row < rows_of(n); ++row) {
      ids.push_back(1000 * world_rank() + 100 * n + row);
      for (int axis = 0; axis < 3; ++axis) places.push_back(static_cast<double>(ids.back()) + 0.25 * axis);
      firsts.push_back(static_cast<double>(ids.back()));
    }
    step.put(spin_, sources(tensors(firsts), with_tensor({rows_of(n)})));
    step.put(id_, sources(ids, {rows_of(n)}));
    step.put(position_, sources(places, {rows_of(n), 3}));
  }
  void put_levels(tessera::Step& step, int n, Sources& sources) const {
    for (int level = 0; level < amr_.levels(); ++level) {
      std::vector<ArrayRef<double>> arrays, of_tensors;
      for (const Box& box : amr_.boxes(level)) {
        const auto values = level_values<double>(box, level, n, 1, [](double value) { return value; });
        arrays.push_back(tessera::with_halo(sources(values, extents_of(box, 1)), 1));
        of_tensors.push_back(tessera::with_halo(sources(tensors(values), with_tensor(extents_of(box, 1))), 1));
      }
      step.put(density_, level, arrays);
      step.put(flux_, level, of_tensors);
    }
  }

  tessera::Run run_;
  tessera::Field<float> velocity_;
  tessera::Field<double> half_;
  tessera::Field<std::int32_t> level_;
  BricksMesh bricks_;
  tessera::Mesh with_ids_, parts_;
  tessera::Field<double> displacement_, stress_, heat_;
  tessera::Table table_;
  tessera::Field<std::int64_t> id_;
  tessera::Field<double> position_;
  tessera::Refinement amr_;
  tessera::RefinedField<double> density_;
  tessera::Field<double> gradient_, strain_, spin_;
  tessera::RefinedField<double> flux_;
};

void write(const std::string& path, bool device, bool in_flight) {
  Writer out(MPI_COMM_WORLD, path, {.overwrite = true, .steps_in_flight = 2, .statistics = true});
  Kinds kinds(out.run("r"));
  Sources sources(device);
  for (int n = 0; n < steps; ++n) {
    kinds.run().regrid(kinds.refinement(), own_boxes(Kind::moving, n, world_rank(), world_size()));
    auto step = kinds.run().step(n);
    kinds.put(step, n, sources);
    in_flight ? step.commit_async() : step.commit();
    sources.overwrite();
  }
  out.close();
}

/// What h5diff says of the run, but for what is empty; on every rank.
std::string difference(const std::string& path) {
  return python(
      "import subprocess; p = subprocess.run(['h5diff', '-c', sys.argv[1] + '.host', sys.argv[1] + '.device', '/r'], "
      "capture_output=True, text=True, timeout=60); "
      "lines = [l for l in p.stdout.splitlines() if not l.endswith(' is an empty dataset')]; "
      "print(p.returncode, ' '.join(lines)[-1000:], p.stderr[-1000:])",
      path);
}

class DeviceKinds : public testing::TestWithParam<bool> {};

TEST_P(DeviceKinds, MakeTheFileThatTheHostMakes) {
  if (is_collective()) GTEST_SKIP() << "what comes from the device comes before there are engines";
  const std::string path = fresh_directory() + "/" + (GetParam() ? "in_flight" : "waiting");
  write(path + ".host", false, GetParam());
  write(path + ".device", true, GetParam());
  if (!has_python() || std::system("command -v h5diff >/dev/null") != 0) GTEST_SKIP() << "no h5py, or no h5diff";
  EXPECT_EQ(difference(path), "0  ");
}

INSTANTIATE_TEST_SUITE_P(All, DeviceKinds, testing::Bool(),
                         [](const auto& tested) { return std::string(tested.param ? "InFlight" : "Waiting"); });

/// Memory on the device that a get fills, and what it then has.
template <class T>
class Filled {
 public:
  explicit Filled(const Index& extents) : extents_(extents) {
    std::int64_t count = 1;
    for (const std::int64_t extent : extents) count *= extent;
    view_ = on_device(std::vector<T>(static_cast<std::size_t>(count), T(-7)));
  }
  tessera::Target<T> target() const { return {through_device(view_, extents_)}; }
  std::vector<T> values() const {
    const auto host = Kokkos::create_mirror(view_);
    Kokkos::deep_copy(host, view_);
    return {host.data(), host.data() + host.size()};
  }

 private:
  Index extents_;
  Line<T> view_;
};

TEST(DeviceKinds, AreReadIntoADevice) {
  const std::string path = fresh_directory() + "/read.h5";
  write(path, false, false);
  const BricksMesh bricks(Cut::mixed, world_rank(), scattered);
  const auto nodes = static_cast<std::int64_t>(bricks.nodes.size());
  const Box box = uneven_slabs(shape, world_size(), 1)[static_cast<std::size_t>(world_rank())].front();
  tessera::Reader in(MPI_COMM_WORLD, path);
  for (int n = 0; n < steps; ++n) {
    auto step = in.run("r").step(n);
    const Box rows = step.share("particles");
    const Index places{rows.upper[0] - rows.lower[0], 3};
    std::vector<double> expected(static_cast<std::size_t>(places[0] * 3));
    const Filled<double> positions(places), displacement({nodes, 3});
    const Filled<float> u(box.extents()), v(box.extents()), w(box.extents());
    const Filled<double> gradient(with_tensor(box.extents())), strain(with_tensor({std::ssize(bricks.cells)}));
    step.get("gradient", box, gradient.target());
    step.get_at("strain", bricks.cells, strain.target());
    step.get("position", rows, expected);
    step.get("position", rows, positions.target());
    step.get_at("displacement", bricks.nodes, displacement.target());
    step.get("velocity", box, tessera::into_components(u.target(), v.target(), w.target()));
    step.read();
    EXPECT_EQ(positions.values(), expected);
    EXPECT_EQ(displacement.values(), BricksMesh::values(bricks.nodes, n, 3));
    EXPECT_EQ(gradient.values(), tensors(cells_of<double>(box, 0, n, 0)));
    EXPECT_EQ(strain.values(), tensors(BricksMesh::values(bricks.cells, n)));
    EXPECT_EQ(u.values(), cells_of<float>(box, 0, n, 0));
    EXPECT_EQ(v.values(), cells_of<float>(box, 0, n, 1));
    EXPECT_EQ(w.values(), cells_of<float>(box, 0, n, 2));
  }
  in.close();
}

}  // namespace
