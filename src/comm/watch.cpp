#include "comm/watch.hpp"

#include "base/narrow.hpp"
#include "comm/check.hpp"

namespace tessera::comm {

bool is_done(std::span<MPI_Request> requests) {
  int done = 0;
  check(MPI_Testall(narrow<int>(requests.size(), "the number of messages"), requests.data(), &done, MPI_STATUSES_IGNORE),
        "MPI_Testall");
  return done != 0;
}

Watch::Watch(MPI_Comm comm, int rank, int size, double limit)
    : roll_call_(comm, rank, size, limit), limit_(limit), patience_(limit + roll_call_.patience()) {}

void Watch::enter(std::string call, Progress progress) {
  call_ = std::move(call);
  met_ = false;
  progress_ = progress;
}

void Watch::heed() {
  if (verdict_) throw *verdict_;
  if (has_limit()) listen(Pause());
}

/// Takes part in a roll call of another rank.
void Watch::listen(const Pause& pause) {
  verdict_ = roll_call_.listen([&] { return presence(pause.waited()); });
  if (!verdict_) return;
  unfinished_ = true;
  throw *verdict_;
}

void Watch::give_up(const Pause& pause) {
  unfinished_ = true;
  verdict_ = roll_call_.call([&] { return presence(pause.waited()); });
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
    if (pause.waited() > patience_) give_up(pause);
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
