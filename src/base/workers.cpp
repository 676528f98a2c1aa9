#include "base/workers.hpp"

#include <chrono>
#include <exception>
#include <utility>

#include "base/attempt.hpp"
#include "base/signals_blocked.hpp"

namespace tessera {

Workers::Workers(std::size_t count) {
  const SignalsBlocked blocked;
  try {
    threads_.reserve(count);
    while (threads_.size() + 1 < count) {
      const std::size_t thread = threads_.size() + 1;
      threads_.emplace_back([this, thread] { work(thread); });
    }
  } catch (const std::exception&) {
    // A limit on threads, or on memory: those that there are do the work.
  }
}

Workers::~Workers() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool Workers::take(std::unique_lock<std::mutex>& lock, std::size_t thread) {
  if (next_ >= jobs_) return false;
  const std::size_t number = next_++;
  ++running_;
  const Job& job = *job_;
  lock.unlock();
  std::optional<Error> failure;
  attempt(failure, [&] { job(thread, number); });
  lock.lock();
  if (failure) {
    if (!failure_) failure_ = std::move(failure);
    next_ = jobs_;
  }
  if (--running_ == 0 && next_ >= jobs_) finished_.notify_all();
  return true;
}

void Workers::work(std::size_t thread) {
  std::unique_lock lock(mutex_);
  while (!over_) {
    if (!take(lock, thread)) wake_.wait(lock, [this] { return over_ || next_ < jobs_; });
  }
}

void Workers::run(std::size_t jobs, const Job& job, const std::function<void()>& between) {
  std::unique_lock lock(mutex_);
  job_ = &job;
  next_ = 0;
  jobs_ = jobs;
  failure_.reset();
  if (!threads_.empty() && jobs > 1) wake_.notify_all();
  const auto call_between = [&] {
    lock.unlock();
    std::optional<Error> failure;
    attempt(failure, between);
    lock.lock();
    if (failure && !failure_) {
      failure_ = std::move(failure);
      next_ = jobs_;
    }
  };
  do {
    call_between();
  } while (take(lock, 0));
  constexpr std::chrono::microseconds pause{200};
  while (!finished_.wait_for(lock, pause, [this] { return running_ == 0; })) call_between();
  jobs_ = next_ = 0;
  if (failure_) throw *std::exchange(failure_, std::nullopt);
}

}  // namespace tessera
