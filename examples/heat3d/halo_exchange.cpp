#include "halo_exchange.hpp"

namespace heat3d {

namespace {

using Buffer = Kokkos::View<double***, Kokkos::LayoutRight>;

void pack(const PointField& field, const Int3& begin, const Int3& extents, const Buffer& buffer) {
  for_each_point(
      "heat3d::pack", extents,
      KOKKOS_LAMBDA(int k, int j, int i) { buffer(k, j, i) = field(begin[0] + k, begin[1] + j, begin[2] + i); });
}

void unpack(const Buffer& buffer, const Int3& begin, const Int3& extents, const PointField& field) {
  for_each_point(
      "heat3d::unpack", extents,
      KOKKOS_LAMBDA(int k, int j, int i) { field(begin[0] + k, begin[1] + j, begin[2] + i) = buffer(k, j, i); });
}

}  // namespace

HaloExchange::HaloExchange(const Decomposition& decomposition, MPI_Comm communicator) : communicator_(communicator) {
  for (int axis = 0; axis < 3; ++axis) {
    for (int side = 0; side < 2; ++side) faces_[axis][side] = make_face(decomposition, axis, side);
  }
}

HaloExchange::Face HaloExchange::make_face(const Decomposition& decomposition, int axis, int side) const {
  Face face;
  face.rank = decomposition.neighbour(axis, side);
  if (face.rank == MPI_PROC_NULL) return face;
  const Int3 n = decomposition.extents();
  for (int other = 0; other < 3; ++other) {
    const bool with_halo = other < axis;  // its layers are there already
    face.extents[other] = other == axis ? 1 : with_halo ? n[other] + 2 : n[other];
    face.owned_begin[other] = other == axis ? (side == 0 ? 1 : n[axis]) : with_halo ? 0 : 1;
    face.halo_begin[other] = other == axis ? (side == 0 ? 0 : n[axis] + 1) : with_halo ? 0 : 1;
  }
  face.send = Buffer("heat3d::send", face.extents[0], face.extents[1], face.extents[2]);
  face.receive = Buffer("heat3d::receive", face.extents[0], face.extents[1], face.extents[2]);
  face.host_send = Kokkos::create_mirror_view(face.send);
  face.host_receive = Kokkos::create_mirror_view(face.receive);
  return face;
}

void HaloExchange::operator()(const PointField& field) {
  for (int axis = 0; axis < 3; ++axis) {
    MPI_Request requests[4] = {MPI_REQUEST_NULL, MPI_REQUEST_NULL, MPI_REQUEST_NULL, MPI_REQUEST_NULL};
    for (int side = 0; side < 2; ++side) {
      Face& face = faces_[axis][side];
      if (face.rank == MPI_PROC_NULL) continue;
      const int count = static_cast<int>(face.send.size());
      // A message is tagged with the direction it travels in; with two ranks both neighbours can be the same rank.
      MPI_Irecv(face.host_receive.data(), count, MPI_DOUBLE, face.rank, 1 - side, communicator_, &requests[side]);
      pack(field, face.owned_begin, face.extents, face.send);
      Kokkos::deep_copy(face.host_send, face.send);
      Kokkos::fence();
      MPI_Isend(face.host_send.data(), count, MPI_DOUBLE, face.rank, side, communicator_, &requests[2 + side]);
    }
    MPI_Waitall(4, requests, MPI_STATUSES_IGNORE);
    for (const Face& face : faces_[axis]) {
      if (face.rank == MPI_PROC_NULL) continue;
      Kokkos::deep_copy(face.receive, face.host_receive);
      unpack(face.receive, face.halo_begin, face.extents, field);
    }
  }
  Kokkos::fence();
}

}  // namespace heat3d
