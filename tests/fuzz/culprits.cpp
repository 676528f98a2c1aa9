#include <utility>

#include "chooser.hpp"
#include "program.hpp"

/// \file
/// What a rank makes otherwise than the others.

namespace fuzz {

namespace {

void change(Call& call, Chooser& choose) {
  switch (call.kind) {
    case Kind::put:
      if (choose.one_in(2)) call.null_pointer = true;
      else call.shift = choose.one_in(2) ? 1 : -1;
      break;
    case Kind::field:
      if (choose.one_in(3)) call.type = (call.type + 1) % 3;
      else if (call.on == On::grid && choose.one_in(2)) call.shape[0] += 1;
      else if (call.on == On::grid && call.time_dependent && choose.one_in(2)) call.is_rare = !call.is_rare;
      else call.codec.level = (call.codec.level + 1) % 10;
      break;
    case Kind::mesh: call.version += 1; break;
    case Kind::regrid: call.value += 1; break;
    case Kind::run:
    case Kind::attribute:
      if (choose.one_in(2)) call.name += "_other";
      else call.value += 0.5;
      break;
    default: call.name += "_other"; call.value += 0.5;
  }
}

}  // namespace

Program as_rank_runs_it(const Program& program, std::uint64_t seed, int rank, int ranks) {
  Chooser choose(seed ^ 0x5bd1e995);
  Program mine = program;
  if (choose.one_in(4)) return mine;
  const int culprits = choose.one_in(8) ? 2 : 1;
  for (int i = 0; i < culprits; ++i) {
    const int culprit = choose.below(ranks);
    const auto at = static_cast<std::size_t>(choose.below(static_cast<int>(program.size())));
    const int what = choose.below(6);
    Chooser detail(seed + 17 * static_cast<std::uint64_t>(i));
    if (culprit != rank || at >= mine.size()) continue;
    // A rank may have no rows: nobody would notice that it has put none.
    const auto has_rows = [&](std::size_t call) {
      return call < mine.size() && mine[call].kind == Kind::put && mine[call].on == On::table;
    };
    if ((what == 0 && has_rows(at)) || (what == 2 && (has_rows(at) || has_rows(at + 1)))) continue;
    const auto position = mine.begin() + static_cast<std::ptrdiff_t>(at);
    switch (what) {
      case 0: mine.erase(position); break;
      case 1: mine.insert(position, mine[at]); break;
      case 2:
        if (at + 1 < mine.size()) std::swap(mine[at], mine[at + 1]);
        break;
      case 3: mine.erase(position, mine.end()); break;  // leaves
      default: change(mine[at], detail);
    }
  }
  return mine;
}

}  // namespace fuzz
