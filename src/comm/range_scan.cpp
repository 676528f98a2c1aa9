#include "comm/range_scan.hpp"

#include <algorithm>

#include "comm/check.hpp"
#include "comm/keep.hpp"

namespace tessera::comm {

RangeScan::~RangeScan() {
  if (is_idle()) return;
  if (!comm_.usable()) {
    keep_forever(memory_);
    return;
  }
  try {
    finish();
  } catch (...) {  // has been thrown before, or the next agreement will
  }
}

bool RangeScan::is_idle() const noexcept {
  return std::ranges::all_of(requests_, [](MPI_Request request) { return request == MPI_REQUEST_NULL; });
}

void RangeScan::begin(std::uint64_t bytes) {
  comm_.watch().require_present();
  Memory& memory = *memory_;
  memory = {bytes, 0, 0};
  check(MPI_Iexscan(&memory.bytes, &memory.begin, 1, MPI_UINT64_T, MPI_SUM, comm_.get(), &requests_[0]), "MPI_Iexscan");
  check(MPI_Iallreduce(&memory.bytes, &memory.total, 1, MPI_UINT64_T, MPI_SUM, comm_.get(), &requests_[1]),
        "MPI_Iallreduce");
}

bool RangeScan::is_ready() { return is_done(requests_); }

Range RangeScan::finish() {
  try {
    comm_.watch().wait(requests_);
  } catch (...) {
    keep_forever(memory_);
    throw;
  }
  return {comm_.rank() == 0 ? 0 : memory_->begin, memory_->total};  // MPI leaves the begin undefined on rank 0
}

}  // namespace tessera::comm
