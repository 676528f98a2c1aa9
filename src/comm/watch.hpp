#pragma once

#include <mpi.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <tessera/error.hpp>

#include "comm/backoff.hpp"
#include "comm/failure_detector.hpp"
#include "comm/missing_ranks.hpp"

namespace tessera::comm {

/// Whether all have ended; lets them go on. Does not wait.
bool is_done(std::span<MPI_Request> requests);

/// How this rank waits for the others: every wait of the library for MPI is one of these. Without a limit a wait is
/// MPI_Waitall, unless it is one behind the simulation; with one, a rank that has waited for so long polls all ranks
/// (failure_detector.hpp), and the ranks that are there end with the same error. From then on nothing waits any more:
/// check_peers() and wait() throw that error at once.
class Watch {
 public:
  /// `limit`: seconds that one wait may take; 0: no limit. The same on every rank.
  Watch(int rank, int size, double limit);
  /// The one over whose waits it watches; before the first of them.
  void set_communicator(MPI_Comm comm) noexcept { detector_.set_communicator(comm); }

  /// Says what this rank begins to do: "commit of step 12 of run 'a'". For messages; cut short where there is no
  /// memory.
  void enter(std::string_view call, Progress progress = Progress::no_file) noexcept;
  const std::string& call() const noexcept { return call_; }
  /// All ranks have begun the call.
  void set_agreed() noexcept { agreed_ = true; }
  void set_progress(Progress progress) noexcept { progress_ = progress; }

  /// What this rank is known to be doing may take `seconds` more than the limit, until the next call is entered.
  void extend(double seconds) noexcept { extra_ = seconds; }

  /// While it lives waits are those of a thread behind a simulation, which wants the core.
  class Behind {
   public:
    explicit Behind(Watch& watch) noexcept : watch_(watch) { watch_.behind_ = true; }
    ~Behind() { watch_.behind_ = false; }
    Behind(const Behind&) = delete;
    Behind& operator=(const Behind&) = delete;

   private:
    Watch& watch_;
  };

  /// Waits for all. \throws Error rank_missing, then the requests and their memory stay as they are, for ever; mpi
  void wait(std::span<MPI_Request> requests);

  /// Waits until `ready` says so, which lets things go on each time; the limit is for the whole wait. For waits in the
  /// midst of other work. \throws like wait(), and what `ready` throws
  template <class Ready>
  void wait_until(const Ready& ready) {
    check_peers();
    for (Backoff backoff(behind_);; backoff.pause()) {
      const bool done = ready();
      // What has come may have come too late for the others, so these are listened to before it counts.
      if (has_limit() && (done || backoff.is_long())) listen(backoff);
      if (done) return;
      if (has_limit() && backoff.waited() > patience_ + extra_) give_up(backoff);
    }
  }

  /// Waits for at most `seconds`, whatever the limit; false when time is up, or other ranks have given up. For
  /// destructors.
  bool wait_for(std::span<MPI_Request> requests, double seconds);

  /// Throws when other ranks have given up. For moments before something that cannot be undone, and before each wait.
  void check_peers();
  /// Throws when it is known already. Nothing may be begun then: what was begun before may still use the memory.
  void require_present() const {
    if (verdict_) throw *verdict_;
  }

  bool has_limit() const noexcept { return limit_ > 0; }

  /// What check_peers() throws, once it has. The communicator and the memory of its requests then have to stay.
  const std::optional<Error>& verdict() const noexcept { return verdict_; }

  /// Something that was begun on this communicator will not end.
  bool unfinished() const noexcept { return unfinished_; }

 private:
  RankStatus status(double waited) const { return {waited, agreed_, progress_, call_}; }
  void listen(const Backoff& backoff);
  template <class Ask>
  void take_verdict(const Ask& ask) noexcept;
  void give_up(const Backoff& backoff);

  FailureDetector detector_;
  double limit_;     ///< seconds
  double patience_;  ///< limit_, a little longer for higher ranks
  double extra_ = 0;
  bool behind_ = false;
  std::string call_;
  bool agreed_ = false;
  Progress progress_ = Progress::no_file;
  bool unfinished_ = false;
  std::optional<Error> verdict_;
};

}  // namespace tessera::comm
