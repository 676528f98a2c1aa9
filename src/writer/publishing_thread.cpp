#include "writer/publishing_thread.hpp"

#include <utility>

#include "base/attempt.hpp"

namespace tessera::detail {

PublishingThread::PublishingThread(const std::optional<CpuSet>& cpus) : thread_(std::make_unique<Background>(1, cpus)) {
  if (thread_->count() == 1) return;
  throw Error(
      ErrorCode::out_of_memory,
      "the system gives no thread for Options::publish_by; raise the limit on threads (ulimit -u), or leave the "
      "option at next_call");
}

void PublishingThread::prepare(std::function<void()> publish) {
  publish_ = std::move(publish);
  task_ = std::make_shared<Background::Task>(
      1, [this](std::size_t, std::size_t) { publish_(); }, nullptr);
}

void PublishingThread::begin() noexcept {
  std::optional<Error> no_memory;
  attempt(no_memory, [&] { thread_->begin(task_); });
  is_begun_ = !no_memory;
}

std::optional<Error> PublishingThread::wait() noexcept {
  std::optional<Error> failure;
  if (std::exchange(is_begun_, false)) failure = thread_->wait(*task_);
  else attempt(failure, publish_);
  return failure;
}

}  // namespace tessera::detail
