#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <span>

#include <tessera/error.hpp>

#include "base/ring.hpp"
#include "comm/pending.hpp"
#include "reader/unit_reader.hpp"

namespace tessera::detail {

/// The messages that this rank gets, as many at a time as there is memory for, in the order of units.
class Arrivals {
 public:
  explicit Arrivals(const comm::Communicator& comm) : comm_(comm) {}

  /// Memory for them. \throws std::bad_alloc
  void reserve(std::size_t bytes) { ring_.reserve(bytes); }
  void begin(const ReadJob& job, std::span<const Arrival> arrivals) noexcept {
    job_ = job;
    waiting_ = arrivals;
    left_ = arrivals.size();
  }

  /// Takes what has come to the boxes of this rank, and lets more come. Does not wait.
  /// \param failure takes what goes wrong with that; messages come all the same
  void progress(std::optional<Error>& failure);
  /// Messages that have not been taken.
  std::size_t left() const noexcept { return left_; }

 private:
  struct Coming {
    const Arrival* arrival;
    std::span<const std::byte> bytes;
    comm::Pending message;
    bool taken = false;
  };
  void take(const Coming& coming) const;

  const comm::Communicator& comm_;
  ReadJob job_;
  std::span<const Arrival> waiting_;  ///< not begun yet
  std::size_t left_ = 0;
  Ring ring_;
  std::deque<Coming> coming_;
};

}  // namespace tessera::detail
