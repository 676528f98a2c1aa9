#include <unordered_map>
#include <utility>

#include "base/attempt.hpp"
#include "base/text.hpp"
#include "base/visit_element.hpp"
#include "comm/exchange.hpp"
#include "reader/state.hpp"
#include "reader/step_rows.hpp"
#include "schema/array_rules.hpp"

/// \file
/// Rows of a table by the values of a column: each value has a home rank, which is told all rows that have it, and
/// answers all ranks that ask.

namespace tessera::detail {

namespace {

std::size_t home_of(std::int64_t value, std::size_t ranks) {
  // 2^64 / golden ratio: Knuth, TAOCP 3, 6.4; ids are often multiples of something.
  return static_cast<std::size_t>((static_cast<std::uint64_t>(value) * 0x9e3779b97f4a7c15u >> 32) % ranks);
}

/// Values and their rows, by home ranks.
comm::Lists told(const std::vector<std::int64_t>& column, std::int64_t first, std::size_t ranks) {
  comm::Lists lists(ranks);
  for (std::size_t i = 0; i < column.size(); ++i) {
    auto& list = lists[home_of(column[i], ranks)];
    list.insert(list.end(), {column[i], first + static_cast<std::int64_t>(i)});
  }
  return lists;
}

/// The first row of each value. Ranks' rows ascend with their numbers.
comm::Lists answers(const comm::Lists& rows, const comm::Lists& asked) {
  std::unordered_map<std::int64_t, std::int64_t> places;
  for (const auto& list : rows) {
    for (std::size_t i = 0; i < list.size(); i += 2) places.emplace(list[i], list[i + 1]);
  }
  comm::Lists result(asked.size());
  for (std::size_t rank = 0; rank < asked.size(); ++rank) {
    for (const std::int64_t value : asked[rank]) {
      const auto found = places.find(value);
      result[rank].push_back(found == places.end() ? -1 : found->second);
    }
  }
  return result;
}

}  // namespace

/// This rank's part of a column, whatever integers it has.
std::vector<std::int64_t> ReaderState::own_column(const ReadStep& step, const std::string& column, const Box& share) {
  ReadStep part;
  part.run = step.run;
  part.number = step.number;
  std::vector<std::byte> bytes;
  DataType type = DataType::int64;
  std::vector<std::int64_t> values;
  attempt(part.noted, [&] {
    const auto count = static_cast<std::size_t>(share.volume());
    values.resize(count);
    type = run(step.run).field(column)->field.stored;
    bytes.resize(count * size_of(type));
    AnyArray target;
    target.data = bytes.data();
    target.type = type;
    target.count = share.volume();
    if (count > 0) get(part, column, share, std::move(target), {});
  });
  read(part);
  visit_element(type, [&](auto element) {
    using T = typename decltype(element)::type;
    const T* from = reinterpret_cast<const T*>(bytes.data());
    if constexpr (std::is_integral_v<T>) std::copy_n(from, values.size(), values.begin());
  });
  return values;
}

std::vector<std::int64_t> ReaderState::find_rows(const ReadStep& step, const std::string& column,
                                                 const Integers& values) {
  require_open("StoredStep::find_rows");
  Box share;
  std::string what;
  std::optional<Error> failure;
  attempt(failure, [&] {
    what = "find_rows(" + in_quotes(column) + " in " + step_text(run(step.run), step.number) + ")";
    const schema::Field& field = field_to_read(step, column).field;
    if (detail::element_type(field.stored).is_floating || field.components != 1 || field.axes.size() != 1) {
      throw Error(ErrorCode::type_mismatch,
                  schema::described(field) + " is no column of integers, one for each row; rows are found by such");
    }
    share = share_of(rows_of(run(step.run), field, step.number).count, comm_.rank(), comm_.size());
  });
  agree("StoredStep::find_rows", std::move(what), std::exchange(failure, std::nullopt));
  const std::vector<std::int64_t> own = own_column(step, column, share);
  const std::size_t ranks = comm_.ranks();
  comm::Lists rows;
  comm::Lists asked;
  std::vector<std::size_t> next;
  std::vector<std::int64_t> result;
  attempt(failure, [&] {
    rows = told(own, share.lower[0], ranks);
    asked.resize(ranks);
    for (std::size_t i = 0; i < values.size(); ++i) asked[home_of(values[i], ranks)].push_back(values[i]);
    next.assign(ranks, 0);
    result.reserve(values.size());
  });
  rows = comm::all_to_all(comm_, std::move(rows), std::exchange(failure, std::nullopt));
  asked = comm::all_to_all(comm_, std::move(asked));
  comm::Lists places;
  attempt(failure, [&] { places = answers(rows, asked); });
  places = comm::all_to_all(comm_, std::move(places), std::move(failure));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t home = home_of(values[i], ranks);
    result.push_back(places[home][next[home]++]);
  }
  return result;
}

}  // namespace tessera::detail
