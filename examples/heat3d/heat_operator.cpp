#include "heat_operator.hpp"

namespace heat3d {

namespace {

/// One of the nine rows of points around a point: its part of K p. `left` and `right` are the sums of the
/// conductivities of the elements that the row shares with the point, below and above on x; `s` the entries for
/// "same x" and "other x".
KOKKOS_INLINE_FUNCTION double row_part(const double* s, double left, double right, const double* p) {
  return s[0] * ((left + right) * p[0]) + s[1] * (left * p[-1] + right * p[1]);
}

/// Gathers A p at the points of a row (k, j). A point and each of its 26 neighbours share 1, 2 or 4 elements, and with
/// itself it shares 8; since all elements have the same shape, the matrix entry of two points is one number times the
/// sum of those elements' conductivities. That makes about 90 operations per point in a loop that vectorises, where a
/// product with eight 8 x 8 matrices would take 128 and a scatter.
struct ApplyRow {
  LocalGrid grid;
  Q1Stiffness stiffness;
  ElementField conductivity;
  double mass_rate;
  PointField p;  // with halo
  PointField q;

  KOKKOS_INLINE_FUNCTION double stiffness_at(int k, int j, int i) const {
    const double* const s = stiffness.entry;
    // c.. and d..: conductivities below and above on x of the four element rows (lower/upper z, lower/upper y).
    const double* const c = &conductivity(k, j, i);
    const std::ptrdiff_t cy = static_cast<std::ptrdiff_t>(conductivity.stride(1));
    const std::ptrdiff_t cz = static_cast<std::ptrdiff_t>(conductivity.stride(0));
    const double c00 = c[0], d00 = c[1];
    const double c01 = c[cy], d01 = c[cy + 1];
    const double c10 = c[cz], d10 = c[cz + 1];
    const double c11 = c[cz + cy], d11 = c[cz + cy + 1];
    const double* const u = &p(k + 1, j + 1, i + 1);
    const std::ptrdiff_t uy = static_cast<std::ptrdiff_t>(p.stride(1));
    const std::ptrdiff_t uz = static_cast<std::ptrdiff_t>(p.stride(0));
    return row_part(s, c00 + c01 + c10 + c11, d00 + d01 + d10 + d11, u) +
           row_part(s + 2, c00 + c10, d00 + d10, u - uy) + row_part(s + 2, c01 + c11, d01 + d11, u + uy) +
           row_part(s + 4, c00 + c01, d00 + d01, u - uz) + row_part(s + 4, c10 + c11, d10 + d11, u + uz) +
           row_part(s + 6, c00, d00, u - uz - uy) + row_part(s + 6, c01, d01, u - uz + uy) +
           row_part(s + 6, c10, d10, u + uz - uy) + row_part(s + 6, c11, d11, u + uz + uy);
  }

  KOKKOS_INLINE_FUNCTION void operator()(const Team& team, double& sum) const {
    const int k = team.league_rank() / grid.extents[1];
    const int j = team.league_rank() % grid.extents[1];
    const int nx = grid.extents[2];
    const double row_mass = mass_rate * grid.width(0, k) * grid.width(1, j);
    Kokkos::parallel_for(Kokkos::TeamVectorRange(team, nx), [&](const int i) {
      q(k, j, i) = stiffness_at(k, j, i) + row_mass * grid.width(2, i) * p(k + 1, j + 1, i + 1);
    });
    team.team_barrier();
    // A loop of its own: a sum in the loop above would keep the compiler from vectorising that one.
    double row = 0.0;
    Kokkos::parallel_reduce(
        Kokkos::TeamVectorRange(team, nx),
        [&](const int i, double& part) { part += q(k, j, i) * p(k + 1, j + 1, i + 1); }, row);
    Kokkos::single(Kokkos::PerTeam(team), [&] { sum += row; });
  }
};

}  // namespace

HeatOperator make_operator(const LocalGrid& grid, const ElementField& conductivity) {
  return {grid, q1_stiffness(grid.h), conductivity, 0.0};
}

double HeatOperator::apply(const PointField& p, const PointField& q) const {
  double sum = 0.0;
  const ApplyRow row{grid, stiffness, conductivity, mass_rate, p, q};
  Kokkos::parallel_reduce("heat3d::apply", Kokkos::TeamPolicy<>(grid.extents[0] * grid.extents[1], Kokkos::AUTO), row,
                          sum);
  return sum;
}

PointField HeatOperator::inverse_diagonal(const bool (&fixed)[3][2]) const {
  const PointField result = make_field("heat3d::inverse_diagonal", grid.extents);
  Kokkos::Array<bool, 6> is_fixed{};
  for (int face = 0; face < 6; ++face) is_fixed[face] = fixed[face / 2][face % 2];
  const LocalGrid g = grid;
  const ElementField c = conductivity;
  const double entry = stiffness.entry[0];
  const double rate = mass_rate;
  for_each_point(
      "heat3d::inverse_diagonal", g.extents, KOKKOS_LAMBDA(int k, int j, int i) {
        double sum = 0.0;
        for (int element = 0; element < 8; ++element) sum += c(k + element / 4, j + element / 2 % 2, i + element % 2);
        const Int3 at{{k, j, i}};
        bool prescribed = false;
        for (int face = 0; face < 6; ++face) {
          prescribed = prescribed || (is_fixed[face] && g.on_face(face / 2, face % 2, at[face / 2]));
        }
        result(k, j, i) = prescribed ? 0.0 : 1.0 / (entry * sum + rate * g.volume(k, j, i));
      });
  return result;
}

void HeatOperator::heat_flux(const PointField& temperature, const VectorField& flux) const {
  const LocalGrid g = grid;
  const ElementField c = conductivity;
  for_each_point(
      "heat3d::heat_flux", g.extents, KOKKOS_LAMBDA(int k, int j, int i) {
        Vector3 sum{0.0, 0.0, 0.0};
        int count = 0;
        for (int element = 0; element < 8; ++element) {
          const int ek = k + element / 4;
          const int ej = j + element / 2 % 2;
          const int ei = i + element % 2;
          if (!g.has_element(ek, ej, ei)) continue;
          const Vector3 gradient = q1_centre_gradient(temperature, ek, ej, ei, g.h);
          sum.x -= c(ek, ej, ei) * gradient.x;
          sum.y -= c(ek, ej, ei) * gradient.y;
          sum.z -= c(ek, ej, ei) * gradient.z;
          ++count;
        }
        flux(k, j, i, 0) = sum.x / count;
        flux(k, j, i, 1) = sum.y / count;
        flux(k, j, i, 2) = sum.z / count;
      });
}

}  // namespace heat3d
