#include "comm/pending.hpp"

#include "comm/check.hpp"
#include "comm/message_parts.hpp"

namespace tessera::comm {

Pending Pending::receive(const Communicator& comm, int from, int tag, std::span<std::byte> into) {
  Pending message;
  for_each_part(into, [&](std::span<std::byte> part, int size) {
    message.parts_.push_back(MPI_REQUEST_NULL);
    check(MPI_Irecv(part.data(), size, MPI_BYTE, from, tag, comm.get(), &message.parts_.back()), "MPI_Irecv");
  });
  return message;
}

Pending Pending::send(const Communicator& comm, int to, int tag, std::span<const std::byte> bytes) {
  Pending message;
  for_each_part(bytes, [&](std::span<const std::byte> part, int size) {
    message.parts_.push_back(MPI_REQUEST_NULL);
    check(MPI_Isend(part.data(), size, MPI_BYTE, to, tag, comm.get(), &message.parts_.back()), "MPI_Isend");
  });
  return message;
}

bool Pending::is_done() { return comm::is_done(parts_); }

}  // namespace tessera::comm
