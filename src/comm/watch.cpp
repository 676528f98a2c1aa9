#include "comm/watch.hpp"

#include "base/attempt.hpp"
#include "base/narrow.hpp"
#include "comm/check.hpp"

namespace tessera::comm {

bool is_done(std::span<MPI_Request> requests) {
  int done = 0;
  check(MPI_Testall(narrow<int>(requests.size(), "the number of messages"), requests.data(), &done,
                    MPI_STATUSES_IGNORE),
        "MPI_Testall");
  return done != 0;
}

Watch::Watch(int rank, int size, double limit)
    : detector_(rank, size, limit), limit_(limit), patience_(limit + detector_.patience()) {
  constexpr std::size_t usual_call = 200;
  call_.reserve(usual_call);
}

void Watch::enter(std::string_view call, Progress progress) noexcept {
  std::optional<Error> ignored;
  attempt(ignored, [&] { call_ = call; });
  if (ignored) call_ = call.substr(0, call_.capacity());
  agreed_ = false;
  progress_ = progress;
  extra_ = 0;
}

void Watch::check_peers() {
  if (verdict_) throw *verdict_;
  if (has_limit()) listen(Backoff());
}

/// Takes part in a poll by another rank.
void Watch::listen(const Backoff& backoff) {
  take_verdict([&] { return detector_.listen([&] { return status(backoff.waited()); }, extra_); });
  if (!verdict_) return;
  unfinished_ = true;
  throw *verdict_;
}

/// A rank without memory for the messages of a poll gives up like the others.
template <class Ask>
void Watch::take_verdict(const Ask& ask) noexcept {
  std::optional<Error> failure;
  attempt(failure, [&] { verdict_ = ask(); });
  if (failure) verdict_ = preallocated_error(ErrorCode::rank_missing);
}

void Watch::give_up(const Backoff& backoff) {
  unfinished_ = true;
  take_verdict([&] { return detector_.poll_ranks([&] { return status(backoff.waited()); }, extra_); });
  throw *verdict_;
}

void Watch::wait(std::span<MPI_Request> requests) {
  if (!has_limit() && !behind_) {
    require_present();
    check(MPI_Waitall(narrow<int>(requests.size(), "the number of messages"), requests.data(), MPI_STATUSES_IGNORE),
          "MPI_Waitall");
    return;
  }
  wait_until([&] { return is_done(requests); });
}

bool Watch::wait_for(std::span<MPI_Request> requests, double seconds) {
  if (verdict_) return false;
  for (Backoff backoff; backoff.waited() < seconds; backoff.pause()) {
    if (has_limit()) {
      try {
        listen(backoff);
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
