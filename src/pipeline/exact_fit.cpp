#include "pipeline/exact_fit.hpp"

#include <algorithm>

namespace tessera::pipeline {

namespace {

constexpr std::size_t looked_at = 16;

/// Adds pieces from `first` on to those that were chosen, each in turn, and keeps the best choice.
void extend(std::span<const Piece> pieces, std::size_t first, const ExactFit& chosen, ExactFit& best) noexcept {
  for (std::size_t next = first; next < pieces.size() && best.rest > 0; ++next) {
    if (pieces[next].bytes > chosen.rest) continue;
    ExactFit longer = chosen;
    longer.which[longer.count++] = next;
    longer.rest -= pieces[next].bytes;
    if (best.count == 0 || longer.rest < best.rest) best = longer;
    if (longer.count < longer.which.size()) extend(pieces, next + 1, longer, best);
  }
}

}  // namespace

ExactFit exact_fit(std::span<const Piece> pieces, std::uint64_t space) noexcept {
  const ExactFit none{{}, 0, space};
  ExactFit best = none;
  extend(pieces.first(std::min(pieces.size(), looked_at)), 0, none, best);
  return best;
}

}  // namespace tessera::pipeline
