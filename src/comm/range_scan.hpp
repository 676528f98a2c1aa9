#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "comm/communicator.hpp"

namespace tessera::comm {

/// Where this rank's bytes begin when all ranks' bytes follow each other, and how many they are together.
struct Range {
  std::uint64_t begin = 0;
  std::uint64_t total = 0;
};

/// Finds the ranges of all ranks while they do something else. One at a time; collective: every rank begins and
/// finishes.
class RangeScan {
 public:
  explicit RangeScan(const Communicator& comm) : comm_(comm) {}
  /// Waits for what is still under way, unless ranks are missing, or MPI cannot be called any more.
  ~RangeScan();
  RangeScan(const RangeScan&) = delete;
  RangeScan& operator=(const RangeScan&) = delete;

  void begin(std::uint64_t bytes);
  /// Whether finish() would not wait. Asking is what makes it go on.
  bool is_ready();
  Range finish();

 private:
  bool is_idle() const noexcept;

  /// What MPI reads and writes meanwhile.
  struct Memory {
    std::uint64_t bytes = 0;
    std::uint64_t begin = 0;
    std::uint64_t total = 0;
  };

  const Communicator& comm_;
  std::shared_ptr<Memory> memory_ = std::make_shared<Memory>();
  std::array<MPI_Request, 2> requests_{MPI_REQUEST_NULL, MPI_REQUEST_NULL};
};

}  // namespace tessera::comm
