#include "fault.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>

namespace tessera::fault {

namespace {

constexpr const char* kind_names[] = {"write",  "read", "grow",    "truncate",       "sync", "close",
                                      "create", "open", "publish", "sync_directory", "any"};
constexpr const char* effect_names[] = {"", ", half done", ", done", ", interrupted", ", a part", ", a part first"};

/// What may happen to calls of one kind.
struct Way {
  Kind kind;
  int error;
  Effect effect = Effect::nothing;

  bool is_like(const Way& other) const { return kind == other.kind && effect == other.effect; }
};

const std::vector<Way>& ways_of_storage() {
  static const std::vector<Way> ways{
      {Kind::write, ENOSPC},
      {Kind::write, ENOSPC, Effect::half},
      {Kind::write, EDQUOT},
      {Kind::write, EIO},
      {Kind::write, EIO, Effect::all},
      {Kind::write, EFBIG},
      {Kind::write, EROFS},
      {Kind::read, EIO},
      {Kind::read, ESTALE},
      {Kind::grow, ENOSPC},
      {Kind::grow, EFBIG},
      {Kind::grow, EIO},
      {Kind::grow, EROFS},
      {Kind::truncate, EIO},
      {Kind::truncate, EROFS},
      {Kind::sync, EIO},
      {Kind::sync, EIO, Effect::all},
      {Kind::sync, ENOSPC},
      {Kind::sync, EDQUOT},
      {Kind::close, EIO},
      {Kind::close, EDQUOT},
      {Kind::create, ENOSPC},
      {Kind::create, EACCES},
      {Kind::create, EMFILE},
      {Kind::create, EROFS},
      {Kind::open, EACCES},
      {Kind::open, EMFILE},
      {Kind::open, ENOENT},
      {Kind::publish, ENOSPC},
      {Kind::publish, EIO},
      {Kind::publish, EACCES},
      {Kind::sync_directory, EIO},
      {Kind::any, EIO},
      {Kind::any, EROFS},
  };
  return ways;
}

const std::vector<Way>& ways_of_the_system() {
  static const std::vector<Way> ways{
      {Kind::write, ENOSPC},
      {Kind::write, EDQUOT},
      {Kind::write, EIO},
      {Kind::write, EFBIG},
      {Kind::write, EINTR, Effect::interrupted},
      {Kind::write, 0, Effect::part},
      {Kind::write, ENOSPC, Effect::part_then},
      {Kind::read, EIO},
      {Kind::read, EINTR, Effect::interrupted},
      {Kind::read, 0, Effect::part},
      {Kind::truncate, ENOSPC},
      {Kind::truncate, EIO},
      {Kind::truncate, EINTR, Effect::interrupted},
      {Kind::sync, EIO},
      {Kind::sync, ENOSPC},
      {Kind::sync, EINTR, Effect::interrupted},
      {Kind::close, EIO},
      {Kind::close, EINTR, Effect::all},
      {Kind::open, EACCES},
      {Kind::open, EMFILE},
      {Kind::open, EINTR, Effect::interrupted},
      {Kind::publish, EIO},
      {Kind::publish, EINTR, Effect::interrupted},
      {Kind::publish, EPERM},
      {Kind::any, EIO},
  };
  return ways;
}

/// All n of one way: with every policy, or where only the error's number is new, with one after the other.
void add_trials(std::vector<Trial>& trials, const Way& way, int rank, const Counts& counts, bool with_all_policies) {
  for (long n = 1; n <= counts[static_cast<std::size_t>(way.kind)]; ++n) {
    const Fault once{way.kind, rank, n, way.error, way.effect, false};
    Fault lasting = once;
    lasting.persistent = true;
    if (once.is_transparent()) {  // and never lasting: no system interrupts for ever
      trials.push_back({once, Policy::retry});
      continue;
    }
    const Trial all[] = {{once, Policy::retry},
                         {lasting, Policy::close_under},
                         {lasting, Policy::retry},
                         {once, Policy::close}};
    if (with_all_policies) trials.insert(trials.end(), std::begin(all), std::end(all));
    else trials.push_back(all[n % 4]);
  }
}

}  // namespace

std::string to_string(const Fault& fault) {
  return std::string(kind_names[static_cast<int>(fault.kind)]) + " " + std::to_string(fault.n) + " of " +
         (fault.rank == everybody ? "every rank" : "rank " + std::to_string(fault.rank)) + ": " +
         (fault.error == 0 ? "short" : strerrorname_np(fault.error)) + effect_names[static_cast<int>(fault.effect)] +
         (fault.persistent ? ", from then on" : "");
}

std::vector<Trial> all_trials(const std::vector<Counts>& counts, bool in_system_calls, bool power_safe) {
  std::vector<Trial> trials;
  const auto& ways = in_system_calls ? ways_of_the_system() : ways_of_storage();
  for (std::size_t rank = 0; rank < counts.size(); ++rank) {
    for (auto way = ways.begin(); way != ways.end(); ++way) {
      const bool is_new = std::none_of(ways.begin(), way, [&](const Way& other) { return way->is_like(other); });
      const bool is_sync = way->kind == Kind::sync || way->kind == Kind::sync_directory;
      if (power_safe && !is_new && !is_sync) continue;
      add_trials(trials, *way, static_cast<int>(rank), counts[rank], power_safe ? is_sync : is_new);
    }
  }
  Counts common = counts.front();
  for (const Counts& one : counts) {
    for (std::size_t kind = 0; kind < common.size(); ++kind) common[kind] = std::min(common[kind], one[kind]);
  }
  if (counts.size() == 1) return trials;
  for (const Way& way : ways) add_trials(trials, way, everybody, common, false);
  for (Trial& trial : trials) {
    Fault& fault = trial.fault;
    fault.of_own_opening = in_system_calls && fault.kind == Kind::close && fault.rank > 0 && fault.n == 1;
  }
  return trials;
}

}  // namespace tessera::fault
