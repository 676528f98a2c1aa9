#include "segments/pieces.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "schema/axis.hpp"

namespace tessera::segments {

namespace {

/// Coordinates that one segment or several have.
struct Piece {
  const Coordinates* coordinates = nullptr;  ///< of the segment that has the fewest
  std::vector<std::size_t> segments;
  std::uint64_t count = 0;
};

/// The same, or begun alike at another place.
bool belong_together(const Coordinates& a, const Coordinates& b) {
  if (a.values.empty() != b.values.empty()) return false;
  if (a.length == b.length) return schema::first_difference(a.values, b.values) == a.values.size();
  if (a.values.empty() || b.values.empty() || a.place == b.place) return false;
  const Coordinates& fewer = a.length < b.length ? a : b;
  const Coordinates& more = a.length < b.length ? b : a;
  return schema::first_difference(fewer.values, std::span(more.values).first(fewer.length)) == fewer.length;
}

bool is_descending(const Coordinates& one) { return one.values.front() > one.values.back(); }

std::vector<Piece> distinct(const std::vector<Coordinates>& of) {
  std::vector<Piece> pieces;
  for (std::size_t segment = 0; segment < of.size(); ++segment) {
    if (!of[segment].is_there || of[segment].length == 0) continue;
    const auto same = std::ranges::find_if(pieces, [&](const Piece& piece) {
      return belong_together(*piece.coordinates, of[segment]);
    });
    Piece& piece = same != pieces.end() ? *same : pieces.emplace_back(Piece{&of[segment], {}, of[segment].length});
    piece.segments.push_back(segment);
    if (of[segment].length >= piece.count) continue;
    piece.coordinates = &of[segment];
    piece.count = of[segment].length;
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
    const auto before =
        static_cast<std::uint64_t>(std::ranges::count_if(std::span(values).first(piece.count), is_before));
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

/// The first distance between pieces that is more than twice the spacing beside it.
std::string gap_in(const std::vector<Piece>& pieces) {
  for (std::size_t i = 0; i + 1 < pieces.size(); ++i) {
    const std::vector<double>& here = pieces[i].coordinates->values;
    const std::vector<double>& next = pieces[i + 1].coordinates->values;
    const std::uint64_t end = pieces[i].count;
    double spacing = 0;
    if (end > 1) spacing = std::abs(here[end - 1] - here[end - 2]);
    if (next.size() > 1) spacing = std::max(spacing, std::abs(next[1] - next[0]));
    if (end == 0 || spacing == 0 || std::abs(next[0] - here[end - 1]) <= 2 * spacing) continue;
    return "between " + exact(here[end - 1]) + " (" + in_quotes(pieces[i].coordinates->file) + ") and " +
           exact(next[0]) + " (" + in_quotes(pieces[i + 1].coordinates->file) + ")";
  }
  return {};
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
    result.gap = gap_in(pieces);
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
