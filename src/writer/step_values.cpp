#include "writer/step_values.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <tessera/error.hpp>

#include "base/text.hpp"

namespace tessera::detail {

namespace {

/// A number as one of the values that count as equal: rank 0's is written anyway.
std::string value_text(double value) {
  if (std::isnan(value)) return "nan";
  return exact(value == 0 ? 0.0 : value);
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
           " on rank 0; every rank has to give the same number, up to rounding: broadcast it");
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

}  // namespace

bool are_close(double a, double b) noexcept {
  constexpr double tolerance = 1e-12;
  if (a == b || (std::isnan(a) && std::isnan(b))) return true;
  return std::isfinite(a) && std::isfinite(b) && std::abs(a - b) <= tolerance * std::max(std::abs(a), std::abs(b));
}

/// With NUL between the parts, which no name has.
std::string StepValues::text() const {
  std::string text = time ? value_text(*time) : "static";
  for (const auto& [name, scalar] : scalars) {
    text += '\0' + name + '\0' + (scalar.of_one_rank ? "of one rank" : value_text(*scalar.value));
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

schema::Scalars StepValues::all_scalars() const {
  schema::Scalars all;
  all.reserve(scalars.size());
  for (const auto& [name, scalar] : scalars) all.emplace_back(name, scalar.value.value());
  return all;
}

}  // namespace tessera::detail
