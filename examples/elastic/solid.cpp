#include "solid.hpp"

#include <cmath>

namespace elastic {

namespace {

using Point = std::array<double, 3>;

Point cross(const Point& a, const Point& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}
double product(const Point& a, const Point& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

struct Material {
  double youngs_modulus;  ///< Pa
  double poissons_ratio;
};
constexpr std::array<Material, 2> materials{{{210e9, 0.3}, {70e9, 0.33}}};

}  // namespace

Solid::Solid(MPI_Comm comm, const Part& part) : comm_(comm), part_(part), share_(part.nodes.size(), 1.0) {
  for (std::size_t cell = 0; cell < part.tets.size(); ++cell) {
    const auto place = [&](std::size_t c) {
      const double* x = part.coordinates.data() + 3 * part.tets[cell][c];
      return Point{x[0], x[1], x[2]};
    };
    std::array<Point, 3> edges;
    for (std::size_t c = 0; c < 3; ++c) {
      for (std::size_t k = 0; k < 3; ++k) edges[c][k] = place(c + 1)[k] - place(0)[k];
    }
    const double six_volumes = product(edges[0], cross(edges[1], edges[2]));
    const auto [e, nu] = materials[static_cast<std::size_t>(part.material[cell])];
    Element element{six_volumes / 6, e * nu / ((1 + nu) * (1 - 2 * nu)), e / (2 * (1 + nu)), {}};
    for (std::size_t c = 0; c < 3; ++c) {
      const Point normal = cross(edges[(c + 1) % 3], edges[(c + 2) % 3]);
      for (std::size_t k = 0; k < 3; ++k) {
        element.gradients[c + 1][k] = normal[k] / six_volumes;
        element.gradients[0][k] -= normal[k] / six_volumes;
      }
    }
    elements_.push_back(element);
  }
  for (const auto& shared : part.shared) {
    for (const std::int32_t node : shared.nodes) share_[static_cast<std::size_t>(node)] += 1;
  }
  for (double& share : share_) share = 1 / share;
}

std::array<double, 6> Solid::stress_of(std::size_t cell, const Vector& u) const {
  const Element& element = elements_[cell];
  double gradient[3][3] = {};
  for (std::size_t c = 0; c < 4; ++c) {
    const double* at_node = u.data() + 3 * part_.tets[cell][c];
    for (int a = 0; a < 3; ++a) {
      for (std::size_t b = 0; b < 3; ++b) gradient[a][b] += at_node[a] * element.gradients[c][b];
    }
  }
  const double pressure = element.lambda * (gradient[0][0] + gradient[1][1] + gradient[2][2]);
  const auto at = [&](int a, int b) {
    return (a == b ? pressure : 0) + element.mu * (gradient[a][b] + gradient[b][a]);
  };
  return {at(0, 0), at(1, 1), at(2, 2), at(0, 1), at(1, 2), at(0, 2)};
}

std::vector<double> Solid::stress(const Vector& u) const {
  std::vector<double> values;
  for (std::size_t cell = 0; cell < elements_.size(); ++cell) {
    const auto of_cell = stress_of(cell, u);
    values.insert(values.end(), of_cell.begin(), of_cell.end());
  }
  return values;
}

Vector Solid::apply(const Vector& u) const {
  Vector forces(u.size(), 0.0);
  for (std::size_t cell = 0; cell < elements_.size(); ++cell) {
    const auto [xx, yy, zz, xy, yz, xz] = stress_of(cell, u);
    for (std::size_t c = 0; c < 4; ++c) {
      const auto& g = elements_[cell].gradients[c];
      double* at_node = forces.data() + 3 * part_.tets[cell][c];
      const double volume = elements_[cell].volume;
      at_node[0] += volume * (xx * g[0] + xy * g[1] + xz * g[2]);
      at_node[1] += volume * (xy * g[0] + yy * g[1] + yz * g[2]);
      at_node[2] += volume * (xz * g[0] + yz * g[1] + zz * g[2]);
    }
  }
  add_shared(forces);
  hold(forces);
  return forces;
}

/// Nodes at x = 0 do not move.
void Solid::hold(Vector& values) const {
  for (std::size_t node = 0; node < share_.size(); ++node) {
    if (part_.coordinates[3 * node] > 0) continue;
    for (std::size_t k = 0; k < 3; ++k) values[3 * node + k] = 0;
  }
}

Vector Solid::diagonal() const {
  Vector values(3 * share_.size(), 0.0);
  for (std::size_t cell = 0; cell < elements_.size(); ++cell) {
    const Element& e = elements_[cell];
    for (std::size_t c = 0; c < 4; ++c) {
      double* at_node = values.data() + 3 * part_.tets[cell][c];
      const double all = product(e.gradients[c], e.gradients[c]);
      for (std::size_t k = 0; k < 3; ++k) {
        const double own = e.gradients[c][k] * e.gradients[c][k];
        at_node[k] += e.volume * ((e.lambda + e.mu) * own + e.mu * all);
      }
    }
  }
  add_shared(values);
  return values;
}

void Solid::add_shared(Vector& values) const {
  const std::size_t count = part_.shared.size();
  std::vector<Vector> own(count);
  std::vector<Vector> others(count);
  std::vector<MPI_Request> requests(2 * count, MPI_REQUEST_NULL);
  for (std::size_t i = 0; i < count; ++i) {
    const auto& [other, nodes] = part_.shared[i];
    for (const std::int32_t node : nodes) {
      const double* at_node = values.data() + 3 * node;
      own[i].insert(own[i].end(), at_node, at_node + 3);
    }
    others[i].resize(own[i].size());
    const int length = static_cast<int>(own[i].size());
    MPI_Irecv(others[i].data(), length, MPI_DOUBLE, other, 0, comm_, &requests[2 * i]);
    MPI_Isend(own[i].data(), length, MPI_DOUBLE, other, 0, comm_, &requests[2 * i + 1]);
  }
  MPI_Waitall(static_cast<int>(requests.size()), requests.data(), MPI_STATUSES_IGNORE);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = 0; k < others[i].size(); ++k)
      values[3 * static_cast<std::size_t>(part_.shared[i].nodes[k / 3]) + k % 3] += others[i][k];
  }
}

double Solid::dot(const Vector& a, const Vector& b) const {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += share_[i / 3] * a[i] * b[i];
  MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_DOUBLE, MPI_SUM, comm_);
  return sum;
}

int Solid::solve(const Vector& forces, Vector& u) const {
  constexpr double tolerance = 1e-10;
  constexpr int most = 10000;
  const Vector scale = diagonal();
  Vector wanted = forces;
  hold(wanted);
  Vector residual = apply(u);
  for (std::size_t i = 0; i < u.size(); ++i) residual[i] = wanted[i] - residual[i];
  Vector z(u.size());
  Vector direction(u.size(), 0.0);
  double rho = 0;
  const double end = tolerance * tolerance * dot(wanted, wanted);
  for (int iteration = 0;; ++iteration) {
    if (dot(residual, residual) <= end || iteration == most) return iteration;
    for (std::size_t i = 0; i < u.size(); ++i) z[i] = residual[i] / scale[i];
    const double before = rho;
    rho = dot(residual, z);
    for (std::size_t i = 0; i < u.size(); ++i) direction[i] = z[i] + (iteration > 0 ? rho / before : 0) * direction[i];
    const Vector image = apply(direction);
    const double step = rho / dot(direction, image);
    for (std::size_t i = 0; i < u.size(); ++i) {
      u[i] += step * direction[i];
      residual[i] -= step * image[i];
    }
  }
}

}  // namespace elastic
