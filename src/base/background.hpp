#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <tessera/error.hpp>

#include "base/affinity.hpp"

namespace tessera {

/// Threads that work while their owner does something else. They block all signals.
/// The owner's calls come from one thread at a time.
class Background {
 public:
  /// Job `number` of a task, for one of count() threads.
  using Job = std::function<void(std::size_t thread, std::size_t number)>;

  /// Some jobs, begun in ascending order; known to the owner by a handle.
  class Task {
   public:
    /// \param last is called by one of the threads when all jobs have ended well; may be empty
    Task(std::size_t jobs, Job job, std::function<void()> last)
        : jobs_(jobs), job_(std::move(job)), last_(std::move(last)) {}

    /// When it was done; once it is.
    std::chrono::steady_clock::time_point ended() const noexcept { return ended_; }

   private:
    friend class Background;
    std::size_t jobs_;
    Job job_;
    std::function<void()> last_;
    std::size_t next_ = 0;
    std::size_t running_ = 0;
    bool done_ = false;
    std::chrono::steady_clock::time_point ended_;
    std::optional<Error> failure_;
  };

  /// \param count of threads; fewer are made where the system refuses more, perhaps none
  /// \param cpus where they run; nothing: where their owner does
  explicit Background(std::size_t count, const std::optional<CpuSet>& cpus = {});
  /// Jobs that run are waited for, others are dropped.
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  std::size_t count() const noexcept { return threads_.size(); }

  /// Behind the tasks that were begun before. \throws std::bad_alloc
  void begin(const std::shared_ptr<Task>& task);
  bool is_done(const Task& task);
  /// Until it is done. \returns the first failure of its jobs; no further job was begun then
  std::optional<Error> wait(const Task& task);
  /// Until all tasks are done.
  void drain();
  /// Begins no further job of any task, and waits for those that run.
  void cancel() noexcept;

 private:
  void work(std::size_t thread);
  void run_next(std::unique_lock<std::mutex>& lock, std::size_t thread);

  std::mutex mutex_;
  std::condition_variable wake_;             ///< the threads: there are jobs, or it is over
  std::condition_variable ended_;            ///< the owner: a task is done
  std::deque<std::shared_ptr<Task>> tasks_;  ///< with jobs that were not begun
  std::size_t running_ = 0;                  ///< jobs, of all tasks
  bool over_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace tessera
