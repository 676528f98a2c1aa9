#pragma once

#include <functional>
#include <memory>
#include <optional>

#include <tessera/error.hpp>

#include "base/background.hpp"
#include "comm/before_finalize.hpp"

namespace tessera::detail {

/// A thread that makes a step in flight part of the file (Options::publish_by). It calls MPI and HDF5, so its owner
/// uses neither the writer's communicator nor the engine from begin() to wait(); and MPI_Finalize waits for it. All
/// calls come from one thread at a time.
class PublishingThread {
 public:
  /// \param cpus where it runs; nothing: where its owner does. \throws Error out_of_memory where there is no thread
  explicit PublishingThread(const std::optional<CpuSet>& cpus);

  /// \throws std::bad_alloc
  void prepare(std::function<void()> publish);
  /// What was prepared; where there is no memory for it, wait() does it.
  void begin() noexcept;
  bool is_at_work() const noexcept { return is_begun_ && !thread_->is_done(*task_); }
  /// From when it has done what was begun until wait().
  bool is_done() const noexcept { return is_begun_ && thread_->is_done(*task_); }
  /// The same, where it threw nothing.
  bool has_published() const noexcept { return is_done() && !thread_->wait(*task_); }
  /// Until it is done. \returns what it threw
  std::optional<Error> wait() noexcept;

 private:
  std::function<void()> publish_;
  std::shared_ptr<Background::Task> task_;
  bool is_begun_ = false;
  std::unique_ptr<Background> thread_;
  comm::BeforeFinalize before_finalize_{[this] {
    if (is_begun_) thread_->wait(*task_);
  }};
};

}  // namespace tessera::detail
