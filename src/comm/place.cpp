#include "comm/place.hpp"

#include "comm/check.hpp"

namespace tessera::comm {

Placement::~Placement() { MPI_Waitall(static_cast<int>(requests_.size()), requests_.data(), MPI_STATUSES_IGNORE); }

void Placement::begin(std::uint64_t bytes) {
  bytes_ = range_.total = bytes;
  range_.begin = 0;
  check(MPI_Iexscan(&bytes_, &range_.begin, 1, MPI_UINT64_T, MPI_SUM, comm_.get(), &requests_[0]), "MPI_Iexscan");
  check(MPI_Iallreduce(MPI_IN_PLACE, &range_.total, 1, MPI_UINT64_T, MPI_SUM, comm_.get(), &requests_[1]),
        "MPI_Iallreduce");
}

bool Placement::is_ready() {
  int done = 0;
  check(MPI_Testall(static_cast<int>(requests_.size()), requests_.data(), &done, MPI_STATUSES_IGNORE), "MPI_Testall");
  return done != 0;
}

Range Placement::finish() {
  check(MPI_Waitall(static_cast<int>(requests_.size()), requests_.data(), MPI_STATUSES_IGNORE), "MPI_Waitall");
  if (comm_.rank() == 0) range_.begin = 0;  // MPI leaves it undefined there
  return range_;
}

}  // namespace tessera::comm
