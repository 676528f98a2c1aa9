#include "segments/pieces.hpp"

#include <algorithm>
#include <cstddef>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "schema/axis.hpp"

namespace tessera::segments {

namespace {

/// Coordinates that one segment or several have.
struct Piece {
  const Coordinates* coordinates = nullptr;
  std::vector<std::size_t> segments;
  std::uint64_t count = 0;
};

bool are_same(const Coordinates& a, const Coordinates& b) {
  return a.length == b.length && schema::first_difference(a.values, b.values) == a.values.size();
}

bool is_descending(const Coordinates& one) { return one.values.front() > one.values.back(); }

std::vector<Piece> distinct(const std::vector<Coordinates>& of) {
  std::vector<Piece> pieces;
  for (std::size_t segment = 0; segment < of.size(); ++segment) {
    if (!of[segment].is_there || of[segment].length == 0) continue;
    const auto same =
        std::ranges::find_if(pieces, [&](const Piece& piece) { return are_same(*piece.coordinates, of[segment]); });
    Piece& piece = same != pieces.end() ? *same : pieces.emplace_back(Piece{&of[segment], {}, of[segment].length});
    piece.segments.push_back(segment);
  }
  return pieces;
}

void require_equal_lengths(const std::string& dimension, const std::vector<Piece>& pieces) {
  for (const Piece& piece : pieces) {
    if (!piece.coordinates->values.empty() || pieces.size() == 1) continue;
    const Piece& other = &piece == &pieces.front() ? pieces.back() : pieces.front();
    throw Error(ErrorCode::invalid_argument,
                dimension + " has " + std::to_string(piece.coordinates->length) + " points without coordinates in " +
                    in_quotes(piece.coordinates->file) + " and " + std::to_string(other.coordinates->length) + " in " +
                    in_quotes(other.coordinates->file) + ", so nothing says where they lie: give the axis coordinates");
  }
}

/// Each piece ends before the next one begins, or else is made to.
void part(const std::string& dimension, std::vector<Piece>& pieces, bool descending, bool later_wins) {
  for (std::size_t i = 0; i + 1 < pieces.size(); ++i) {
    Piece& piece = pieces[i];
    const std::vector<double>& values = piece.coordinates->values;
    const double next = pieces[i + 1].coordinates->values.front();
    const auto is_before = [&](double value) { return descending ? value > next : value < next; };
    const auto before = static_cast<std::uint64_t>(std::ranges::count_if(values, is_before));
    if (before == piece.count) continue;
    if (!later_wins) {
      throw Error(ErrorCode::invalid_argument,
                  dimension + " of " + in_quotes(piece.coordinates->file) + " goes to " + exact(values.back()) +
                      ", and " + in_quotes(pieces[i + 1].coordinates->file) + " begins at " + exact(next) +
                      ": they overlap; if a job went on from an earlier step, let the later segment count "
                      "(JoinOptions::later_wins, tessera join --later-wins)");
    }
    piece.count = before;
  }
}

}  // namespace

Pieces pieces_of(const std::string& dimension, const std::vector<Coordinates>& of, bool later_wins) {
  Pieces result;
  result.begin.resize(of.size());
  result.count.resize(of.size());
  std::vector<Piece> pieces = distinct(of);
  require_equal_lengths(dimension, pieces);
  if (pieces.size() > 1) {
    const auto longest = std::ranges::max_element(pieces, {}, [](const Piece& one) { return one.coordinates->length; });
    const bool descending = is_descending(*longest->coordinates);
    const auto front = [](const Piece& one) { return one.coordinates->values.front(); };
    if (descending) {
      std::ranges::stable_sort(pieces, std::ranges::greater(), front);
    } else {
      std::ranges::stable_sort(pieces, std::ranges::less(), front);
    }
    part(dimension, pieces, descending, later_wins);
  }
  for (const Piece& piece : pieces) {
    for (const std::size_t segment : piece.segments) {
      result.begin[segment] = result.length;
      result.count[segment] = piece.count;
    }
    result.length += piece.count;
  }
  return result;
}

}  // namespace tessera::segments
