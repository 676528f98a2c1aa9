/// Calls as codes have them, which compile without a warning in every compiler: integers of mixed types, extents of
/// views and arrays in braces, without errors about narrowing.

#include <tessera/tessera.hpp>

#include <array>
#include <span>
#include <vector>

struct ViewLike {
  std::size_t extent(int axis) const { return n[axis]; }
  std::size_t n[3] = {2, 3, 4};
};

void write(MPI_Comm comm, int rank, const int (&coordinates)[3], const std::array<std::size_t, 3>& cells,
           std::vector<double>& values) {
  const ViewLike u;
  const unsigned components = 1;
  tessera::Writer out(comm, "accepted.h5", {.overwrite = true});
  auto run = out.run("run", {{"cells", cells}, {"coordinates", coordinates}, {"rank", rank}, {"h", {0.1, 0.1, 0.2}}});
  auto f = run.field<double>("f", tessera::Grid{{u.extent(0), u.extent(1), u.extent(2)}}, {.components = components});
  auto g = run.field<double>("g", tessera::Grid{cells}, {.chunk = cells});
  auto step = run.step(0);
  const auto z = static_cast<std::size_t>(rank) * u.extent(0);
  step.put(f, tessera::Box::at({z, 0, 0}, {u.extent(0), u.extent(1), u.extent(2)}), values);
  step.put(f, {{z, 0, 0}, {z + 1, 3U, 4L}}, std::span(values));
  step.put(g, tessera::Box::at(coordinates, cells), tessera::with_halo(values.data(), coordinates));
  step.put(g, {coordinates, cells}, tessera::copied(tessera::array(values.data(), cells, {12, 4, 1})));
  step.commit();
  out.close();
}
