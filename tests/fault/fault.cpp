#include "fault.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace tessera::fault {

namespace {

constexpr const char* kind_names[] = {"write", "read",   "grow", "truncate", "sync",       "close",
                                      "create", "open", "publish", "sync_folder", "any"};
constexpr const char* effect_names[] = {"", ", half done", ", done"};

/// What may happen to calls of one kind.
struct Way {
  Kind kind;
  int error;
  Effect effect = Effect::nothing;
};

const std::vector<Way>& ways_of_storage() {
  static const std::vector<Way> ways{
      {Kind::write, ENOSPC}, {Kind::write, ENOSPC, Effect::half}, {Kind::write, EDQUOT}, {Kind::write, EIO},
      {Kind::write, EIO, Effect::all}, {Kind::write, EFBIG}, {Kind::write, EROFS},
      {Kind::read, EIO}, {Kind::read, ESTALE},
      {Kind::grow, ENOSPC}, {Kind::grow, EFBIG}, {Kind::grow, EIO}, {Kind::grow, EROFS},
      {Kind::truncate, EIO}, {Kind::truncate, EROFS},
      {Kind::sync, EIO}, {Kind::sync, EIO, Effect::all}, {Kind::sync, ENOSPC}, {Kind::sync, EDQUOT},
      {Kind::close, EIO}, {Kind::close, EDQUOT},
      {Kind::create, ENOSPC}, {Kind::create, EACCES}, {Kind::create, EMFILE}, {Kind::create, EROFS},
      {Kind::open, EACCES}, {Kind::open, EMFILE}, {Kind::open, ENOENT},
      {Kind::publish, ENOSPC}, {Kind::publish, EIO}, {Kind::publish, EACCES},
      {Kind::sync_folder, EIO},
      {Kind::any, EIO}, {Kind::any, EROFS},
  };
  return ways;
}

}  // namespace

std::string to_string(const Fault& fault) {
  return std::string(kind_names[static_cast<int>(fault.kind)]) + " " + std::to_string(fault.n) + " of " +
         (fault.rank < 0 ? "every rank" : "rank " + std::to_string(fault.rank)) + ": " +
         strerrorname_np(fault.error) + effect_names[static_cast<int>(fault.effect)] +
         (fault.persistent ? ", from then on" : "");
}

std::vector<Fault> all_faults(const std::vector<Counts>& counts) {
  std::vector<Fault> faults;
  const auto add = [&](int rank, const Counts& calls) {
    for (const Way& way : ways_of_storage()) {
      for (long n = 1; n <= calls[static_cast<std::size_t>(way.kind)]; ++n) {
        Fault fault{way.kind, rank, n, way.error, way.effect, false};
        faults.push_back(fault);
        fault.persistent = true;
        faults.push_back(fault);
      }
    }
  };
  Counts everybody = counts.front();
  for (std::size_t rank = 0; rank < counts.size(); ++rank) {
    add(static_cast<int>(rank), counts[rank]);
    for (std::size_t kind = 0; kind < everybody.size(); ++kind) everybody[kind] = std::min(everybody[kind], counts[rank][kind]);
  }
  if (counts.size() > 1) add(-1, everybody);
  return faults;
}

}  // namespace tessera::fault
