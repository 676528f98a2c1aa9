#include "base/background.hpp"

#include <exception>
#include <utility>

#include "base/attempt.hpp"
#include "base/signals_blocked.hpp"

namespace tessera {

Background::Background(std::size_t count, const std::optional<CpuSet>& cpus) {
  const SignalsBlocked blocked;
  try {
    threads_.reserve(count);
    while (threads_.size() < count) {
      const std::size_t thread = threads_.size();
      threads_.emplace_back([this, thread, cpus] {
        if (cpus) run_on(*cpus);
        work(thread);
      });
    }
  } catch (const std::exception&) {
    // A limit on threads, or on memory: those that there are do the work.
  }
}

Background::~Background() {
  cancel();
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Background::begin(const std::shared_ptr<Task>& task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(task);
  }
  wake_.notify_all();
}

bool Background::is_done(const Task& task) {
  const std::lock_guard lock(mutex_);
  return task.done_;
}

std::optional<Error> Background::wait(const Task& task) {
  std::unique_lock lock(mutex_);
  ended_.wait(lock, [&] { return task.done_; });
  return task.failure_;
}

void Background::drain() {
  std::unique_lock lock(mutex_);
  ended_.wait(lock, [&] { return running_ == 0 && tasks_.empty(); });
}

void Background::cancel() noexcept {
  std::unique_lock lock(mutex_);
  for (const auto& task : tasks_) {
    task->next_ = task->jobs_;
    task->last_ = nullptr;
    if (task->running_ == 0) task->done_ = true;
  }
  tasks_.clear();
  ended_.wait(lock, [&] { return running_ == 0; });
}

void Background::work(std::size_t thread) {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return over_ || !tasks_.empty(); });
    if (over_) return;
    run_next(lock, thread);
  }
}

/// Called and left with the lock held. A task without jobs has its end as the only one.
void Background::run_next(std::unique_lock<std::mutex>& lock, std::size_t thread) {
  const std::shared_ptr<Task> task = tasks_.front();
  const bool has_job = task->next_ < task->jobs_;
  const std::size_t number = has_job ? task->next_++ : 0;
  if (task->next_ >= task->jobs_) tasks_.pop_front();
  ++running_;
  ++task->running_;
  lock.unlock();
  std::optional<Error> failure;
  if (has_job) attempt(failure, [&] { task->job_(thread, number); });
  lock.lock();
  if (failure && !task->failure_) {
    task->failure_ = std::move(failure);
    if (task->next_ < task->jobs_) {
      task->next_ = task->jobs_;
      std::erase(tasks_, task);
    }
  }
  if (task->next_ >= task->jobs_ && task->running_ == 1 && task->last_ && !task->failure_) {
    lock.unlock();
    attempt(failure, task->last_);
    lock.lock();
    task->failure_ = std::move(failure);
  }
  --running_;
  if (--task->running_ == 0 && task->next_ >= task->jobs_) {
    task->ended_ = std::chrono::steady_clock::now();
    task->done_ = true;
  }
  ended_.notify_all();
}

}  // namespace tessera
