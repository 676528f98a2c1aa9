#pragma once

#include <mpi.h>

#include <Kokkos_Core.hpp>

#include <utility>

#include "decomposition.hpp"
#include "grid.hpp"

/// \file
/// Fills the halo of a field from the neighbours.

namespace heat3d {

/// Exchanges one layer with the neighbours on all axes, one axis after the other: z, then y with the new z layers, then
/// x with both. So edges and corners, which a 27-point stencil needs, arrive with 6 messages instead of 26.
///
/// Halo points outside the domain keep their values. Messages go through host memory, which every MPI can send.
class HaloExchange {
 public:
  HaloExchange(const Decomposition& decomposition, MPI_Comm communicator);

  /// \param field (nz + 2, ny + 2, nx + 2). Collective.
  void operator()(const PointField& field);

 private:
  using Buffer = Kokkos::View<double***, Kokkos::LayoutRight>;
  using HostBuffer = decltype(Kokkos::create_mirror_view(std::declval<Buffer>()));

  /// One layer of points on one side of one axis.
  struct Face {
    int rank = MPI_PROC_NULL;  ///< the neighbour
    Int3 owned_begin{};        ///< the layer that is sent, as indices into the field with halo
    Int3 halo_begin{};         ///< the layer that is received
    Int3 extents{};            ///< of both
    Buffer send, receive;
    HostBuffer host_send, host_receive;  ///< the same memory where the host can read it
  };

  Face make_face(const Decomposition& decomposition, int axis, int side) const;

  MPI_Comm communicator_;
  Face faces_[3][2];
};

}  // namespace heat3d
