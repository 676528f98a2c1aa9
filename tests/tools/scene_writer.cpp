/// \file
/// Runs with fields of every kind on every kind of grid and mesh, for the verbs of the program tessera.
///
///     scene_writer FILE STEPS [--progress FILE] [--pause MS] [--leave]
///
/// grids: all element types, bool, complex, bfloat16, vectors, tensors, on a stretched grid with points, cells and
/// faces, periodic and bare axes; mesh: fields on nodes and cells of a strip of quadrilaterals and triangles, with ids.
/// Values at step n are functions of n and of the row-major number of the cell: value_at, and check_scene.py.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <complex>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include <tessera/tessera.hpp>

namespace {

int world_rank = 0, world_size = 1;

template <class T>
T value_at(std::int64_t cell, int n) {
  if constexpr (std::is_same_v<T, bool>) {
    return (cell + n) % 3 == 0;
  } else if constexpr (tessera::detail::is_complex_v<T>) {
    using Real = typename T::value_type;
    return {static_cast<Real>(cell + n), static_cast<Real>(-0.5 * static_cast<double>(cell))};
  } else if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(7 * cell + n);
  } else {
    return static_cast<T>(300 + std::sin(0.01 * static_cast<double>(cell)) + 0.25 * n);
  }
}

/// This rank's rows of a field.
template <class T>
void put(tessera::Step& step, const tessera::Field<T>& field, const tessera::Index& shape, int n, int components = 1) {
  tessera::Box own{tessera::Index::filled(shape.size(), 0), shape};
  own.lower[0] = shape[0] * world_rank / world_size;
  own.upper[0] = shape[0] * (world_rank + 1) / world_size;
  const std::int64_t row =
      components * tessera::Box{tessera::Index::filled(shape.size(), 0), shape}.volume() / shape[0];
  const std::int64_t first = own.lower[0] * row, count = own.upper[0] * row - first;
  if (count == 0) return;
  const auto values = std::make_unique<T[]>(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) values[static_cast<std::size_t>(i)] = value_at<T>(first + i, n);
  step.put(field, own, tessera::copied(values.get()));
}

const std::vector<double> stretched{0, 1, 3, 7, 15, 31, 40, 41, 43};

/// On a grid that is stretched in z and periodic in x.
class Grids {
 public:
  explicit Grids(tessera::Run& run)
      : run_(run), points_(run.field<double>("points", grid_, {.unit = "K", .chunk = {4, 8, 5}})),
        cells_(run.field<double>("cells", grid_, {.location = tessera::Location::cell})),
        faces_(run.field<float>("faces", grid_, {.location = tessera::Location::face_z})),
        vectors_(run.field<float>("vectors", grid_, {.components = 3})),
        tensors_(run.field<float>("tensors", grid_, {.tensor_axes = {{"row", {"x", "y", "z"}}, {.length = 2}}})),
        brief_(run.field<double>("brief", grid_, {.precision = tessera::Precision::bfloat16})),
        mask_(run.field<bool>("mask", grid_)), spectrum_(run.field<std::complex<double>>("spectrum", grid_)),
        charge_(run.field<float>("charge", nodes_, {.time_dependent = false, .codec = tessera::Codec::none()})),
        fixed_(run.field<bool>("fixed", nodes_, {.time_dependent = false})) {
    std::apply([&](auto&... field) { (declare(field), ...); }, types_);
  }

  void step(int n) {
    auto step = run_.step(0.5 * n);
    put(step, points_, {9, 8, 12}, n);
    put(step, cells_, {8, 7, 12}, n);
    put(step, faces_, {9, 7, 12}, n);
    put(step, vectors_, {9, 8, 12}, n, 3);
    put(step, tensors_, {9, 8, 12}, n, 6);
    put(step, brief_, {9, 8, 12}, n);
    put(step, mask_, {9, 8, 12}, n);
    put(step, spectrum_, {9, 8, 12}, n);
    std::apply([&](auto&... field) { (put(step, field, grid_.shape, n), ...); }, types_);
    if (n == 0) {
      put(step, charge_, {50}, 0);
      put(step, fixed_, {50}, 0);
    }
    step.scalar("energy", 3.5 * n);
    step.commit();
  }

 private:
  template <class T>
  void declare(tessera::Field<T>& field) {
    field = run_.field<T>("type_" + std::to_string(number_++), grid_, {.chunk = {4, 8, 5}});
  }

  const tessera::Grid grid_{{9, 8, 12},
                            {.spacing = {0.5}, .coordinates = {stretched, {}, {}}, .periodic = {2}, .unit = "m"}};
  const tessera::Grid nodes_{{50}, {.coordinates = {tessera::Coordinates::none()}, .axes = {"node"}}};
  tessera::Run& run_;
  tessera::Field<double> points_, cells_;
  tessera::Field<float> faces_, vectors_, tensors_;
  tessera::Field<double> brief_;
  tessera::Field<bool> mask_;
  tessera::Field<std::complex<double>> spectrum_;
  tessera::Field<float> charge_;
  tessera::Field<bool> fixed_;
  std::tuple<tessera::Field<std::int8_t>, tessera::Field<std::uint8_t>, tessera::Field<std::int16_t>,
             tessera::Field<std::uint16_t>, tessera::Field<std::int32_t>, tessera::Field<std::uint32_t>,
             tessera::Field<std::int64_t>, tessera::Field<std::uint64_t>, tessera::Field<float>, tessera::Field<double>>
      types_;
  int number_ = 0;
};

/// A strip of squares, every third of which is two triangles.
class Strip {
 public:
  explicit Strip(tessera::Run& run) {
    std::int64_t cell = 0;
    for (std::int64_t square = 0; square < squares; ++square) {
      const std::int64_t a = 2 * square;
      if (square % 3 == 2) {
        add(cell++, tessera::CellType::triangle, {a, a + 2, a + 3});
        add(cell++, tessera::CellType::triangle, {a, a + 3, a + 1});
      } else {
        add(cell++, tessera::CellType::quadrilateral, {a, a + 2, a + 3, a + 1});
      }
    }
    mesh_ = run.mesh(
        "strip",
        {.coordinates = xy_, .types = types_, .connectivity = connectivity_, .node_ids = nodes_, .cell_ids = cells_},
        {.dimensions = 2, .unit = "m"});
    temperature_ = run.field<double>("temperature", mesh_.nodes(), {.unit = "K"});
    stress_ = run.field<float>("stress", mesh_.cells(), {.components = 3});
    broken_ = run.field<bool>("broken", mesh_.cells(), {.time_dependent = false});
  }

  void step(tessera::Run& run, int n) {
    auto step = run.step(0.5 * n);
    put(step, temperature_, nodes_, n);
    put(step, stress_, cells_, n, 3);
    if (n == 0) put(step, broken_, cells_, 0);
    step.commit();
  }

 private:
  static constexpr std::int64_t squares = 30;

  /// Every second cell is this rank's where there are two, and so on.
  void add(std::int64_t cell, tessera::CellType type, const std::vector<std::int64_t>& corners) {
    if (cell % world_size != world_rank) return;
    cells_.push_back(cell);
    types_.push_back(type);
    for (const std::int64_t node : corners) {
      const auto known = std::ranges::find(nodes_, node);
      connectivity_.push_back(known - nodes_.begin());
      if (known != nodes_.end()) continue;
      nodes_.push_back(node);
      xy_.insert(xy_.end(), {static_cast<double>(node / 2), static_cast<double>(node % 2)});
    }
  }

  template <class T>
  void put(tessera::Step& step, const tessera::Field<T>& field, const std::vector<std::int64_t>& ids, int n,
           int components = 1) {
    const auto values = std::make_unique<T[]>(ids.size() * static_cast<std::size_t>(components));
    for (std::size_t i = 0; i < ids.size() * static_cast<std::size_t>(components); ++i) {
      const auto at = static_cast<std::int64_t>(i);
      values[i] = value_at<T>(ids[static_cast<std::size_t>(at / components)] * components + at % components, n);
    }
    if (!ids.empty()) step.put(field, tessera::copied(values.get()));
  }

  tessera::Mesh mesh_;
  tessera::Field<double> temperature_;
  tessera::Field<float> stress_;
  tessera::Field<bool> broken_;
  std::vector<double> xy_;
  std::vector<tessera::CellType> types_;
  std::vector<std::int64_t> connectivity_, nodes_, cells_;
};

void report(const std::string& path, int committed) {
  const int descriptor = path.empty() || world_rank != 0 ? -1 : open(path.c_str(), O_CREAT | O_WRONLY, 0644);
  const std::string text = std::to_string(committed) + "        ";
  if (descriptor < 0) return;
  if (pwrite(descriptor, text.data(), 8, 0) < 0) std::perror("progress");
  close(descriptor);
}

void write(const std::string& path, int steps, const std::string& progress, int pause_ms, bool leave) {
  // Who looks at a file that is being written may be slow.
  const int grace_ms = progress.empty() ? 0 : 3000;
  tessera::Writer out(MPI_COMM_WORLD, path, {.overwrite = true, .reader_grace_ms = grace_ms, .statistics = true});
  auto grids_run = out.run("grids", {{"kind", "stretched"}, {"numbers", std::vector<int>{1, 2, 3}}});
  auto mesh = out.run("mesh", {{"youngs_modulus", 210e9}});
  Grids grids(grids_run);
  Strip strip(mesh);
  for (int n = 0; n < steps; ++n) {
    grids.step(n);
    strip.step(mesh, n);
    report(progress, n + 1);
    if (pause_ms > 0) std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms));
  }
  if (!leave) out.close();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 64;
  std::string progress;
  int pause_ms = 0;
  bool leave = false;
  for (int i = 3; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--progress") progress = argv[++i];
    else if (name == "--pause") pause_ms = std::atoi(argv[++i]);
    else if (name == "--leave") leave = true;
  }
  MPI_Init(&argc, &argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &world_rank);
  MPI_Comm_size(MPI_COMM_WORLD, &world_size);
  try {
    write(argv[1], std::atoi(argv[2]), progress, pause_ms, leave);
  } catch (const std::exception& error) {
    if (world_rank == 0) std::fprintf(stderr, "%s\n", error.what());
    MPI_Abort(MPI_COMM_WORLD, 1);
  }
  MPI_Finalize();
}
