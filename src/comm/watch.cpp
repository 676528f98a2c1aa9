#include "comm/watch.hpp"

#include "base/attempt.hpp"
#include "base/narrow.hpp"
#include "comm/check.hpp"

namespace tessera::comm {

bool is_done(std::span<MPI_Request> requests) {
  int done = 0;
  check(MPI_Testall(narrow<int>(requests.size(), "the number of messages"), requests.data(), &done, MPI_STATUSES_IGNORE),
        "MPI_Testall");
  return done != 0;
}

Watch::Watch(int rank, int size, double limit)
    : roll_call_(rank, size, limit), limit_(limit), patience_(limit + roll_call_.patience()) {
  constexpr std::size_t usual_call = 200;
  call_.reserve(usual_call);
}

void Watch::enter(std::string_view call, Progress progress) noexcept {
  std::optional<Error> ignored;
  attempt(ignored, [&] { call_ = call; });
  if (ignored) call_ = call.substr(0, call_.capacity());
  met_ = false;
  progress_ = progress;
  extra_ = 0;
}

void Watch::heed() {
  if (verdict_) throw *verdict_;
  if (has_limit()) listen(Pause());
}

/// Takes part in a roll call of another rank.
void Watch::listen(const Pause& pause) {
  take_verdict([&] { return roll_call_.listen([&] { return presence(pause.waited()); }, extra_); });
  if (!verdict_) return;
  unfinished_ = true;
  throw *verdict_;
}

/// A rank without memory for the messages of the roll call gives up like the others.
template <class Ask>
void Watch::take_verdict(const Ask& ask) noexcept {
  std::optional<Error> failure;
  attempt(failure, [&] { verdict_ = ask(); });
  if (failure) verdict_ = spare_error(ErrorCode::rank_missing);
}

void Watch::give_up(const Pause& pause) {
  unfinished_ = true;
  take_verdict([&] { return roll_call_.call([&] { return presence(pause.waited()); }, extra_); });
  throw *verdict_;
}

void Watch::wait(std::span<MPI_Request> requests) {
  heed();
  if (!has_limit()) {
    check(MPI_Waitall(narrow<int>(requests.size(), "the number of messages"), requests.data(), MPI_STATUSES_IGNORE),
          "MPI_Waitall");
    return;
  }
  // What has come may have come too late for the others, so these are listened to before it counts.
  for (Pause pause;; pause.rest()) {
    const bool done = is_done(requests);
    if (done || pause.is_long()) listen(pause);
    if (done) return;
    if (pause.waited() > patience_ + extra_) give_up(pause);
  }
}

bool Watch::wait_for(std::span<MPI_Request> requests, double seconds) {
  if (verdict_) return false;
  for (Pause pause; pause.waited() < seconds; pause.rest()) {
    if (has_limit()) {
      try {
        listen(pause);
      } catch (const Error&) {
        return false;
      }
    }
    if (is_done(requests)) return true;
  }
  unfinished_ = true;
  return false;
}

}  // namespace tessera::comm
