#include <utility>

#include "comm/watch.hpp"
#include "pipeline/output_cpus.hpp"
#include "writer/publish_choice.hpp"
#include "writer/state.hpp"

/// \file
/// A thread that makes the step in flight part of the file (Options::publish_by). From the end of the commit on it
/// alone uses the communicator and the engine; the next collective call begins with waiting for it, on every rank. So
/// what ranks do together has one order.

namespace tessera::detail {

/// nullptr: the next call publishes.
std::unique_ptr<PublishingThread> WriterState::make_publisher() const {
  if (!has_publishing_thread(options_)) return nullptr;
  return std::make_unique<PublishingThread>(pipeline::output_cpus());
}

/// At the end of a commit. Local calls tell from now on what they would have told before.
void WriterState::begin_publishing() noexcept {
  if (!publisher_ || pending_.empty()) return;
  if (const pipeline::Statistics* statistics = engine_->statistics()) statistics_ = *statistics;
  unused_bytes_ = engine_->unused_bytes();
  publisher_->begin();
}

/// In the thread. Up to the engine nothing can fail: the other ranks wait there.
void WriterState::publish_behind() {
  const comm::Watch::Behind behind(comm_.watch());
  comm_.watch().enter(pending_.front().name, comm::Progress::unpublished);
  comm_.watch().set_agreed();
  publish_oldest(true);
}

/// The step is in the file then, or lost. Not in a process that was forked off, which has no such thread.
void WriterState::end_publishing() noexcept {
  if (!publisher_ || pending_.empty() || !comm_.is_own_process()) return;
  if (!publisher_->is_done() && !comm_.usable()) return;  // there was no memory for the thread, and MPI is over
  const auto asked = CommitClock::Clock::now();
  const std::optional<Error> failure = publisher_->wait();
  engine_->count_blocked(asked);
  clock_.leave_out(asked);
  if (!failure) {
    ++committed_;
    pending_.pop_front();
  } else if (failure->code() != ErrorCode::rank_missing) {
    lost_ = lose_steps(*failure);
  }
  if (comm_.watch().verdict()) give_up();
}

void WriterState::tell_what_was_lost() {
  if (lost_) throw Error(*std::exchange(lost_, std::nullopt));
}

}  // namespace tessera::detail
