#include "segments/joined_rows.hpp"

#include <algorithm>
#include <map>

#include <tessera/error.hpp>

#include "base/round_up.hpp"
#include "base/text.hpp"

namespace tessera::segments {

namespace {

void require_sound(const std::string& table, const SegmentRows& one) {
  const auto& [begins, counts] = one.series;
  bool fits = begins.size() >= one.steps && counts.size() >= one.steps;
  for (std::size_t step = 0; fits && step < one.steps; ++step) {
    if (counts[step] == 0) continue;
    fits = begins[step] >= 0 && counts[step] > 0 && static_cast<std::uint64_t>(begins[step]) <= one.length &&
           static_cast<std::uint64_t>(counts[step]) <= one.length - static_cast<std::uint64_t>(begins[step]);
  }
  if (fits) return;
  throw Error(ErrorCode::hdf5,
              "table " + in_quotes(table) + " has rows that its columns have not: the file is damaged");
}

class Joining {
 public:
  explicit Joining(std::uint64_t steps) {
    rows.series.begins.resize(steps);
    rows.series.counts.resize(steps);
  }

  /// Whether all steps begin with a chunk where they stay as they are.
  bool fits(const SegmentRows& one) const { return rows.parts.empty() || one.chunk_rows % chunk_ == 0; }

  /// Steps that no other segment has: what is between them stays.
  void add_alone(const SegmentRows& one) {
    const auto [first, end] = one.series.rows_of(0, one.steps);
    const std::uint64_t begin = add(one, first, end - first, true);
    for (std::uint64_t step = 0; step < one.steps; ++step) {
      rows.series.counts[one.first_step + step] = one.series.counts[step];
      if (one.series.counts[step] == 0) continue;
      rows.series.begins[one.first_step + step] = one.series.begins[step] - first + static_cast<std::int64_t>(begin);
    }
  }

  void add_step(std::uint64_t step, const std::vector<const SegmentRows*>& of) {
    bool is_first = true;
    for (const SegmentRows* one : of) {
      const std::uint64_t own = step - one->first_step;
      if (own >= one->steps || one->series.counts[own] == 0) continue;
      const std::uint64_t begin = add(*one, one->series.begins[own], one->series.counts[own], is_first);
      if (is_first) rows.series.begins[step] = static_cast<std::int64_t>(begin);
      rows.series.counts[step] += one->series.counts[own];
      is_first = false;
    }
  }

  JoinedRows rows;

 private:
  /// The chunks of the first one that has rows count: a copy gets these.
  std::uint64_t add(const SegmentRows& one, std::int64_t source, std::int64_t count, bool with_chunk) {
    if (rows.parts.empty()) chunk_ = std::max<std::uint64_t>(1, one.chunk_rows);
    const std::uint64_t begin = with_chunk ? round_up(rows.length, chunk_) : rows.length;
    if (count == 0) return begin;
    rows.parts.push_back({one.segment, static_cast<std::uint64_t>(source), begin, static_cast<std::uint64_t>(count)});
    rows.length = begin + static_cast<std::uint64_t>(count);
    return begin;
  }

  std::uint64_t chunk_ = 1;
};

}  // namespace

JoinedRows joined_rows(const std::string& table, const std::vector<SegmentRows>& of, std::uint64_t steps) {
  std::map<std::uint64_t, std::vector<const SegmentRows*>> by_first_step;
  for (const SegmentRows& one : of) {
    require_sound(table, one);
    by_first_step[one.first_step].push_back(&one);
  }
  Joining joining(steps);
  for (const auto& [first, segments] : by_first_step) {
    if (segments.size() == 1 && joining.fits(*segments.front())) {
      joining.add_alone(*segments.front());
      continue;
    }
    std::uint64_t most = 0;
    for (const SegmentRows* one : segments) most = std::max(most, one->steps);
    for (std::uint64_t step = first; step < first + most; ++step) joining.add_step(step, segments);
  }
  if (joining.rows.parts.size() <= most_row_parts) return std::move(joining.rows);
  throw Error(ErrorCode::invalid_argument,
              "table " + in_quotes(table) + " has rows of " + std::to_string(joining.rows.parts.size()) +
                  " steps and segments, each of which is looked for in every read; at most " +
                  std::to_string(most_row_parts) + " can be joined: join fewer steps at a time");
}

}  // namespace tessera::segments
