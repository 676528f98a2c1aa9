#include "comm/roll_call.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "comm/check.hpp"
#include "comm/keep.hpp"
#include "comm/letter.hpp"
#include "comm/pause.hpp"

namespace tessera::comm {

namespace {

/// Above the tags of exchange.hpp; MPI promises tags up to 32767.
constexpr int roll_call_tag = 32701;

/// A call's text in an answer is at most this long, so that answers stay small.
constexpr std::size_t longest_call = 200;

}  // namespace

RollCall::RollCall(int rank, int size, double limit)
    : rank_(rank), size_(size), limit_(limit), grace_(std::clamp(limit / 2, 0.25, 2.0)) {}

double RollCall::patience() const { return 0.05 * std::log2(1.0 + rank_); }

std::optional<Error> RollCall::listen(const Describe& own, double extra) {
  bool called = false;
  while (const auto message = next()) {
    if (message->kind == Kind::verdict) return decode_verdict(message->bytes);
    if (message->kind != Kind::roll) continue;  // an answer to a roll that is over
    answer(message->from, own);
    called = true;
  }
  if (!called) return std::nullopt;
  if (auto verdict = await_verdict(own)) return verdict;
  return call(own, extra);  // the caller is gone
}

Error RollCall::call(const Describe& own, double extra) {
  const Pause whole;
  const double waited = own().waited;
  Roll roll{limit_ + extra, rank_, std::vector<std::optional<Roll::Answer>>(static_cast<std::size_t>(size_))};
  roll.answers[static_cast<std::size_t>(rank_)] = {own(), 0};
  for (int to = 0; to < size_; ++to) {
    if (to != rank_) send(to, {std::byte{static_cast<unsigned char>(Kind::roll)}});
  }
  int missing = size_ - 1;
  for (Pause pause; missing > 0 && pause.waited() < grace_; pause.rest()) {
    while (const auto message = next()) {
      if (message->kind == Kind::verdict) return decode_verdict(message->bytes);
      if (message->kind == Kind::roll && message->from < rank_) {
        answer(message->from, own);
        if (auto verdict = await_verdict(own)) return *verdict;
      }
      if (message->kind != Kind::here) continue;
      auto& place = roll.answers[static_cast<std::size_t>(message->from)];
      if (!place) --missing;
      place.emplace();
      place->presence = decode_presence(message->bytes);
      place->came = waited + whole.waited() - place->presence.waited;
    }
  }
  Error verdict = missing_error(roll);
  announce(verdict, roll);
  return verdict;
}

/// To the missing ones too: they find it when they come. Waits until those that are there can have it.
void RollCall::announce(const Error& verdict, const Roll& roll) {
  std::vector<MPI_Request*> to_present;
  for (int to = 0; to < size_; ++to) {
    if (to == rank_) continue;
    MPI_Request& request = send(to, encode(verdict));
    if (roll.answers[static_cast<std::size_t>(to)]) to_present.push_back(&request);
  }
  for (Pause pause; pause.waited() < grace_; pause.rest()) {
    const auto has_left = [](MPI_Request* request) {
      int done = 0;
      check(MPI_Test(request, &done, MPI_STATUS_IGNORE), "MPI_Test");
      return done != 0;
    };
    if (std::all_of(to_present.begin(), to_present.end(), has_left)) return;
  }
}

void RollCall::answer(int caller, const Describe& own) {
  Presence presence = own();
  if (presence.call.size() > longest_call) presence.call = presence.call.substr(0, longest_call) + "...";
  send(caller, encode(presence));
}

/// Nothing when none comes in the time in which the caller has to have one.
std::optional<Error> RollCall::await_verdict(const Describe& own) {
  for (Pause pause; pause.waited() < 3 * grace_ + 1; pause.rest()) {
    while (const auto message = next()) {
      if (message->kind == Kind::verdict) return decode_verdict(message->bytes);
      if (message->kind == Kind::roll) answer(message->from, own);
    }
  }
  return std::nullopt;
}

std::optional<RollCall::Message> RollCall::next() {
  int there = 0;
  MPI_Status status;
  check(MPI_Iprobe(MPI_ANY_SOURCE, roll_call_tag, comm_, &there, &status), "MPI_Iprobe");
  if (there == 0) return std::nullopt;
  int size = 0;
  check(MPI_Get_count(&status, MPI_BYTE, &size), "MPI_Get_count");
  const auto bytes = std::make_shared<std::vector<std::byte>>(static_cast<std::size_t>(size));
  MPI_Request request = MPI_REQUEST_NULL;
  check(MPI_Irecv(bytes->data(), size, MPI_BYTE, status.MPI_SOURCE, roll_call_tag, comm_, &request), "MPI_Irecv");
  for (Pause pause; pause.waited() < grace_; pause.rest()) {
    int done = 0;
    check(MPI_Test(&request, &done, MPI_STATUS_IGNORE), "MPI_Test");
    if (done != 0) return Message{static_cast<Kind>(bytes->front()), status.MPI_SOURCE, std::move(*bytes)};
  }
  keep_forever(bytes);  // the rest of a long verdict, from a rank that has gone since
  return std::nullopt;
}

MPI_Request& RollCall::send(int to, std::vector<std::byte> bytes) {
  Sent& sent = sent_.emplace_back();
  sent.bytes = std::move(bytes);
  check(MPI_Isend(sent.bytes.data(), static_cast<int>(sent.bytes.size()), MPI_BYTE, to, roll_call_tag, comm_,
                  &sent.request),
        "MPI_Isend");
  return sent.request;
}

std::vector<std::byte> RollCall::encode(const Presence& presence) const {
  Letter letter;
  letter.put(Kind::here);
  letter.put(presence.waited);
  letter.put(presence.met);
  letter.put(presence.progress);
  letter.put_text(presence.call);
  return letter.bytes();
}

Presence RollCall::decode_presence(const std::vector<std::byte>& bytes) const {
  LetterReader letter(bytes);
  letter.get<Kind>();
  Presence presence;
  presence.waited = letter.get<double>();
  presence.met = letter.get<bool>();
  presence.progress = letter.get<Progress>();
  presence.call = letter.get_text();
  return presence;
}

/// The missing ranks as one bit per rank: short where few of many are there, too.
std::vector<std::byte> RollCall::encode(const Error& verdict) const {
  std::vector<std::byte> missing(static_cast<std::size_t>(size_ + 7) / 8);
  for (const int rank : verdict.ranks()) missing[static_cast<std::size_t>(rank) / 8] |= std::byte{1} << rank % 8;
  Letter letter;
  letter.put(Kind::verdict);
  for (const std::byte byte : missing) letter.put(byte);
  letter.put_text(verdict.what());
  return letter.bytes();
}

Error RollCall::decode_verdict(const std::vector<std::byte>& bytes) const {
  LetterReader letter(bytes);
  letter.get<Kind>();
  std::vector<int> missing;
  for (int first = 0; first < size_; first += 8) {
    const auto byte = letter.get<std::byte>();
    for (int bit = 0; bit < 8; ++bit) {
      if ((byte >> bit & std::byte{1}) != std::byte{0}) missing.push_back(first + bit);
    }
  }
  return Error(ErrorCode::rank_missing, letter.get_text(), missing);
}

}  // namespace tessera::comm
