#include "writer/step_values.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "comm/combine.hpp"

namespace tessera::detail {

namespace {

/// A number as one of the values that count as equal: rank 0's is written anyway.
std::string value_text(double value) {
  if (std::isnan(value)) return "nan";
  return exact(value == 0 ? 0.0 : value);
}

bool are_close(double a, double b) {
  constexpr double tolerance = 1e-12;
  if (a == b || (std::isnan(a) && std::isnan(b))) return true;
  return std::isfinite(a) && std::isfinite(b) && std::abs(a - b) <= tolerance * std::max(std::abs(a), std::abs(b));
}

void append(std::string& bytes, double value) {
  char raw[sizeof value];
  std::memcpy(raw, &value, sizeof value);
  bytes.append(raw, sizeof raw);
}

double number_at(const std::string& bytes, std::size_t at) {
  double value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

StepValues unpacked(const std::string& bytes, bool has_time) {
  StepValues values;
  std::size_t at = 0;
  if (has_time) values.time = number_at(bytes, at);
  for (at += sizeof(double); at < bytes.size(); at += sizeof(double)) {
    const std::size_t end = bytes.find('\0', at);
    ScalarValue& scalar = values.scalars[bytes.substr(at, end - at)];
    scalar.of_one_rank = bytes[end + 1] == '1';
    at = end + 2;
    scalar.value = number_at(bytes, at);
  }
  return values;
}

[[noreturn]] void disagree(const std::string& message) { throw Error(ErrorCode::ranks_disagree, message); }

void check_number(const std::string& what, double here, double there) {
  if (are_close(here, there)) return;
  disagree(what + " is " + exact(here) + " here and " + exact(there) +
           " on rank 0; every rank has to give the same number, but for rounding: broadcast it");
}

constexpr const char* one_rank_remedy =
    "; every rank gives the same scalars. What one rank alone knows, it gives with Step::scalar(name, value) as a "
    "std::optional, and the others give std::nullopt";

void check_scalar(const std::string& name, const ScalarValue& here, const ScalarValue* there) {
  const std::string what = "the scalar " + in_quotes(name);
  if (there == nullptr) disagree(what + " was given here and not on rank 0" + one_rank_remedy);
  if (here.of_one_rank != there->of_one_rank) {
    disagree(what + " is a number of one rank (std::optional) " + (here.of_one_rank ? "here" : "on rank 0") +
             " and one of all ranks " + (here.of_one_rank ? "on rank 0" : "here") + one_rank_remedy);
  }
  if (!here.of_one_rank) check_number(what, *here.value, *there->value);
}

/// What ranks gave for a scalar of one rank.
struct Given {
  int ranks = 0;
  int lowest = std::numeric_limits<int>::max();
  double value = 0;  ///< the lowest rank's
  double smallest = std::numeric_limits<double>::infinity();
  double largest = -std::numeric_limits<double>::infinity();
};

void merge(Given& into, const Given& other) noexcept {
  into.ranks += other.ranks;
  if (other.lowest < into.lowest) {
    into.lowest = other.lowest;
    into.value = other.value;
  }
  into.smallest = std::fmin(into.smallest, other.smallest);
  into.largest = std::fmax(into.largest, other.largest);
}

double value_of(const std::string& name, const Given& given) {
  if (given.ranks == 0) {
    throw Error(ErrorCode::invalid_argument, "no rank gave a value for the scalar " + in_quotes(name) +
                                                 "; one rank gives it, the others std::nullopt");
  }
  if (given.smallest <= given.largest && !are_close(given.smallest, given.largest)) {
    disagree("the scalar " + in_quotes(name) + " of one rank was given by " + std::to_string(given.ranks) +
             " ranks, with values from " + exact(given.smallest) + " to " + exact(given.largest) +
             "; one rank gives it, the others std::nullopt");
  }
  return given.value;
}

}  // namespace

std::string StepValues::text() const {
  std::string text = time ? value_text(*time) : "static";
  for (const auto& [name, scalar] : scalars) {
    text += ", " + name + (scalar.of_one_rank ? " of one rank" : " " + value_text(*scalar.value));
  }
  return text;
}

/// The time, then each scalar as name, NUL, kind, number.
std::string StepValues::packed() const {
  std::string bytes;
  append(bytes, time.value_or(0));
  for (const auto& [name, scalar] : scalars) {
    bytes += name + '\0' + (scalar.of_one_rank ? '1' : 'a');
    append(bytes, scalar.value.value_or(0));
  }
  return bytes;
}

void StepValues::take(const std::string& packed_by_root) {
  const StepValues root = unpacked(packed_by_root, time.has_value());
  if (time) check_number("the time", *time, *root.time);
  for (const auto& [name, scalar] : scalars) {
    const auto there = root.scalars.find(name);
    check_scalar(name, scalar, there == root.scalars.end() ? nullptr : &there->second);
  }
  for (const auto& entry : root.scalars) {
    if (scalars.contains(entry.first)) continue;
    disagree("the scalar " + in_quotes(entry.first) + " was given on rank 0 and not here" + one_rank_remedy);
  }
  time = root.time;
  for (auto& [name, scalar] : scalars) {
    if (!scalar.of_one_rank) scalar.value = root.scalars.at(name).value;
  }
}

schema::Scalars scalars_of(const comm::Communicator& comm, const StepValues& values) {
  std::vector<Given> given;
  for (const auto& entry : values.scalars) {
    if (!entry.second.of_one_rank) continue;
    Given& own = given.emplace_back();
    if (!entry.second.value) continue;
    const double value = *entry.second.value;
    own = {1, comm.rank(), value, value, value};
    if (std::isnan(value)) own.smallest = own.largest = std::nan("");
  }
  given = comm::combine<Given, merge>(comm, std::move(given));
  schema::Scalars scalars;
  auto next = given.begin();
  for (const auto& [name, scalar] : values.scalars) {
    scalars.emplace_back(name, scalar.of_one_rank ? value_of(name, *next++) : *scalar.value);
  }
  return scalars;
}

}  // namespace tessera::detail
