#include <tessera/finish.hpp>

#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "base/attempt.hpp"
#include "base/commit_time.hpp"
#include "base/text.hpp"
#include "comm/abandon.hpp"
#include "comm/agree.hpp"
#include "comm/broadcast.hpp"
#include "comm/check.hpp"
#include "comm/communicator.hpp"
#include "comm/exchange.hpp"
#include "comm/rank_timeout.hpp"
#include "finish/deadline.hpp"
#include "finish/pace.hpp"
#include "finish/signal_watch.hpp"

/// \file
/// The answer that all ranks give: one agreement (comm/agree), whose flags say that nobody wants an end.

namespace tessera {

namespace detail {

namespace {

/// Flags that a rank contributes; agree() returns those that all ranks set.
constexpr std::uint64_t no_signal = 1;
constexpr std::uint64_t time_enough = 2;
constexpr std::uint64_t no_end = no_signal | time_enough;

double steady_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Exact, for the agreement. Deadlines are not in it: every rank computes its own.
std::string finish_text(const FinishOptions& options) {
  std::string text = "Finish(signals:";
  for (const int number : options.signals) text += " " + finish::signal_name(number);
  return text + ", margin " + exact(options.margin.count()) + " s)";
}

}  // namespace

class FinishState {
 public:
  explicit FinishState(FinishOptions options) : options_(std::move(options)) {}

  /// Collective.
  void begin(MPI_Comm communicator) {
    std::optional<Error> failure;
    comm_.emplace(communicator, owner, rank_timeout(failure));
    comm_->watch().enter("Finish()");
    comm::Call call;
    attempt(failure, [&] {
      call.what = finish_text(options_);
      prepare();
      watch_.emplace(options_.signals);
    });
    call.error = std::move(failure);
    comm::agree(*comm_, call);
    is_agreed_ = true;
  }

  ~FinishState() {
    // When all ranks know that it is over, nobody asks again.
    if (is_agreed_ && !is_over_ && !lost_) comm::abandon(*comm_, comm::abandon_seconds);
  }

  bool should_finish() {
    if (is_over_) return true;
    if (lost_) throw *lost_;
    comm_->require_usable("Finish::should_finish");
    comm_->watch().enter("should_finish()");
    pace_.step(steady_now());
    const std::uint64_t own = votes();
    const comm::Outcome outcome = comm::try_conclude(*comm_, "should_finish()", {}, own);
    if (outcome.error) fail(*outcome.error);
    if ((outcome.flags & no_end) == no_end) return false;
    reason_ = common_reason(own);
    is_over_ = true;
    return true;
  }

  static constexpr const char* owner = "tessera::Finish";

  /// What the environment says; kept for the first agreement where it makes no sense.
  static double rank_timeout(std::optional<Error>& failure) noexcept {
    double seconds = 0;
    attempt(failure, [&] { seconds = comm::rank_timeout(0); });
    return seconds;
  }

  const std::string& reason() const noexcept { return reason_; }

  std::optional<double> time_left() const {
    if (!deadline_) return std::nullopt;
    return left_at_begin_ - (steady_now() - begin_);
  }

  std::string explain() const {
    std::string text = "Finish: signals";
    for (const int number : options_.signals) text += " " + finish::signal_name(number);
    if (options_.signals.empty()) text += " none";
    text += "; deadline ";
    text += deadline_ ? "in " + finish::seconds_text(*time_left()) + " (" + deadline_->source + ")" : "none";
    return text + ", margin " + finish::seconds_text(options_.margin.count());
  }

 private:
  /// What can be wrong on this rank.
  void prepare() {
    for (const int number : options_.signals) finish::check_signal(number);
    const double margin = options_.margin.count();
    if (!std::isfinite(margin) || margin < 0) {
      throw Error(ErrorCode::invalid_argument,
                  "FinishOptions::margin is " + exact(margin) + " s; give a time that is not negative");
    }
    deadline_ = finish::find_deadline(
        options_, [](const char* name) { return std::getenv(name); }, finish::process_start());
    if (!deadline_) return;
    // From here on by the steady clock: a clock that is set right meanwhile does not change the time left.
    const std::chrono::duration<double> when = deadline_->when.time_since_epoch();
    const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
    left_at_begin_ = (when - now).count();
    begin_ = steady_now();
  }

  finish::Needs needs() const {
    return {pace_.longest(), max_commit_seconds() * (1 + steps_in_flight()), options_.margin.count()};
  }

  std::uint64_t votes() const {
    const std::uint64_t quiet = watch_->received() == 0 ? no_signal : 0;
    const auto left = time_left();
    return quiet | (!left || *left >= needs().total() ? time_enough : 0);
  }

  /// Of the ranks that want an end, the lowest with a signal speaks for all, else the lowest one. Collective. Empty on
  /// a rank that has no memory for it.
  std::string common_reason(std::uint64_t own) {
    const std::int64_t place = comm_->size() - comm_->rank();  // the lower the rank, the larger
    const std::int64_t signalled = comm::max_over_ranks(*comm_, (own & no_signal) == 0 ? place : 0);
    const std::int64_t late = comm::max_over_ranks(*comm_, (own & time_enough) == 0 ? place : 0);
    const int speaker = comm_->size() - static_cast<int>(signalled > 0 ? signalled : late);
    std::string text;
    std::optional<Error> ignored;
    attempt(ignored, [&] {
      if (comm_->rank() != speaker) return;
      text = signalled > 0 ? finish::signal_name(watch_->received()) : finish::walltime_text(*time_left(), needs());
      text += " on rank " + std::to_string(speaker);
    });
    std::optional<Error> lost;
    return comm::broadcast_text(*comm_, speaker, text, lost);
  }

  [[noreturn]] void fail(const Error& error) {
    if (error.code() != ErrorCode::abandoned) throw error;
    std::optional<Error> failure;
    attempt(failure, [&] {
      lost_.emplace(ErrorCode::abandoned,
                    list_ranks(error.ranks()) + " of " + std::to_string(comm_->size()) +
                        " destroyed the tessera::Finish that the others call should_finish() of. Look for an exception "
                        "on the ranks named, and leave the loop on all ranks together",
                    error.ranks());
    });
    if (!lost_) lost_ = error;
    throw *lost_;
  }

  FinishOptions options_;
  std::optional<comm::Communicator> comm_;
  bool is_agreed_ = false;  ///< all ranks have one
  std::optional<finish::SignalWatch> watch_;
  std::optional<finish::Deadline> deadline_;
  double left_at_begin_ = 0;  ///< seconds until the deadline at `begin_`
  double begin_ = 0;
  finish::Pace pace_;
  bool is_over_ = false;  ///< all ranks have answered true
  std::string reason_;
  std::optional<Error> lost_;  ///< another rank's Finish is gone
};

}  // namespace detail

Finish::Finish(MPI_Comm communicator, FinishOptions options) {
  std::optional<Error> failure;
  attempt(failure, [&] { state_ = std::make_unique<detail::FinishState>(std::move(options)); });
  if (!state_)
    comm::refuse(communicator, detail::FinishState::owner, detail::FinishState::rank_timeout(failure), *failure);
  state_->begin(communicator);
}

Finish::~Finish() = default;

bool Finish::should_finish() { return state_->should_finish(); }

const std::string& Finish::reason() const noexcept { return state_->reason(); }

std::optional<std::chrono::duration<double>> Finish::time_left() const {
  const auto left = state_->time_left();
  return left ? std::optional(std::chrono::duration<double>(*left)) : std::nullopt;
}

std::string Finish::explain() const { return state_->explain(); }

}  // namespace tessera
