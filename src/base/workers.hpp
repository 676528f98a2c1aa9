#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <tessera/error.hpp>

namespace tessera {

/// A few threads that share the jobs of the thread that owns them. They block all signals, so that handlers of the
/// application run where they did before, and call neither MPI nor HDF5.
class Workers {
 public:
  /// Job `number` for one of count() threads; 0 is the owner.
  using Job = std::function<void(std::size_t thread, std::size_t number)>;

  /// \param count of threads with the owner's, at least 1; fewer are made where the system refuses more
  explicit Workers(std::size_t count);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  std::size_t count() const noexcept { return threads_.size() + 1; }

  /// Runs job(thread, n) once for every n below `jobs`, in ascending order on each thread; returns when all are done.
  /// \param between called by the owner's thread before each of its jobs and while it waits for the others'
  /// \throws Error the first that a job threw; no further job was begun then
  void run(std::size_t jobs, const Job& job, const std::function<void()>& between);

 private:
  void work(std::size_t thread);
  /// One job, where one is left; called and left with the lock held.
  bool take(std::unique_lock<std::mutex>& lock, std::size_t thread);

  std::mutex mutex_;
  std::condition_variable wake_;      ///< the threads: there are jobs, or it is over
  std::condition_variable finished_;  ///< the owner: the last job is done
  const Job* job_ = nullptr;
  std::size_t next_ = 0;
  std::size_t jobs_ = 0;
  std::size_t running_ = 0;
  bool over_ = false;
  std::optional<Error> failure_;
  std::vector<std::thread> threads_;
};

}  // namespace tessera
