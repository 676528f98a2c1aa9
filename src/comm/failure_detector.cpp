#include "comm/failure_detector.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "comm/backoff.hpp"
#include "comm/check.hpp"
#include "comm/keep.hpp"
#include "comm/message_buffer.hpp"

namespace tessera::comm {

namespace {

/// Above the tags of exchange.hpp; MPI promises tags up to 32767.
constexpr int detector_tag = 32701;

/// A call's text in an answer is at most this long, so that answers stay small.
constexpr std::size_t max_call_bytes = 200;

}  // namespace

FailureDetector::FailureDetector(int rank, int size, double limit)
    : rank_(rank), size_(size), limit_(limit), grace_(std::clamp(limit / 2, 0.25, 2.0)) {}

double FailureDetector::patience() const { return 0.05 * std::log2(1.0 + rank_); }

std::optional<Error> FailureDetector::listen(const Describe& own, double extra) {
  bool polled = false;
  while (const auto message = next()) {
    if (message->kind == Kind::verdict) return decode_verdict(message->bytes);
    if (message->kind != Kind::poll) continue;  // an answer to a poll that is over
    answer(message->from, own);
    polled = true;
  }
  if (!polled) return std::nullopt;
  if (auto verdict = await_verdict(own)) return verdict;
  return poll_ranks(own, extra);  // the coordinator is gone
}

Error FailureDetector::poll_ranks(const Describe& own, double extra) {
  const Backoff whole;
  const double waited = own().waited;
  Poll poll{limit_ + extra, rank_, std::vector<std::optional<Poll::Answer>>(static_cast<std::size_t>(size_))};
  poll.answers[static_cast<std::size_t>(rank_)] = {own(), 0};
  for (int to = 0; to < size_; ++to) {
    if (to != rank_) send(to, {std::byte{static_cast<unsigned char>(Kind::poll)}});
  }
  int missing = size_ - 1;
  for (Backoff backoff; missing > 0 && backoff.waited() < grace_; backoff.pause()) {
    while (const auto message = next()) {
      if (message->kind == Kind::verdict) return decode_verdict(message->bytes);
      if (message->kind == Kind::poll && message->from < rank_) {
        answer(message->from, own);
        if (auto verdict = await_verdict(own)) return *verdict;
      }
      if (message->kind != Kind::alive) continue;
      auto& place = poll.answers[static_cast<std::size_t>(message->from)];
      if (!place) --missing;
      place.emplace();
      place->status = decode_status(message->bytes);
      place->came = waited + whole.waited() - place->status.waited;
    }
  }
  Error verdict = missing_error(poll);
  announce(verdict, poll);
  return verdict;
}

/// To the missing ones too: they find it when they come. Waits until those that are there can have it.
void FailureDetector::announce(const Error& verdict, const Poll& poll) {
  std::vector<MPI_Request*> to_present;
  for (int to = 0; to < size_; ++to) {
    if (to == rank_) continue;
    MPI_Request& request = send(to, encode(verdict));
    if (poll.answers[static_cast<std::size_t>(to)]) to_present.push_back(&request);
  }
  for (Backoff backoff; backoff.waited() < grace_; backoff.pause()) {
    const auto has_left = [](MPI_Request* request) {
      int done = 0;
      check(MPI_Test(request, &done, MPI_STATUS_IGNORE), "MPI_Test");
      return done != 0;
    };
    if (std::all_of(to_present.begin(), to_present.end(), has_left)) return;
  }
}

void FailureDetector::answer(int coordinator, const Describe& own) {
  RankStatus status = own();
  if (status.call.size() > max_call_bytes) status.call = status.call.substr(0, max_call_bytes) + "...";
  send(coordinator, encode(status));
}

/// Nothing when none comes in the time in which the coordinator has to have one.
std::optional<Error> FailureDetector::await_verdict(const Describe& own) {
  for (Backoff backoff; backoff.waited() < 3 * grace_ + 1; backoff.pause()) {
    while (const auto message = next()) {
      if (message->kind == Kind::verdict) return decode_verdict(message->bytes);
      if (message->kind == Kind::poll) answer(message->from, own);
    }
  }
  return std::nullopt;
}

std::optional<FailureDetector::Message> FailureDetector::next() {
  int there = 0;
  MPI_Status status;
  check(MPI_Iprobe(MPI_ANY_SOURCE, detector_tag, comm_, &there, &status), "MPI_Iprobe");
  if (there == 0) return std::nullopt;
  int size = 0;
  check(MPI_Get_count(&status, MPI_BYTE, &size), "MPI_Get_count");
  const auto bytes = std::make_shared<std::vector<std::byte>>(static_cast<std::size_t>(size));
  MPI_Request request = MPI_REQUEST_NULL;
  check(MPI_Irecv(bytes->data(), size, MPI_BYTE, status.MPI_SOURCE, detector_tag, comm_, &request), "MPI_Irecv");
  for (Backoff backoff; backoff.waited() < grace_; backoff.pause()) {
    int done = 0;
    check(MPI_Test(&request, &done, MPI_STATUS_IGNORE), "MPI_Test");
    if (done != 0) return Message{static_cast<Kind>(bytes->front()), status.MPI_SOURCE, std::move(*bytes)};
  }
  keep_forever(bytes);  // the rest of a long verdict, from a rank that has gone since
  return std::nullopt;
}

MPI_Request& FailureDetector::send(int to, std::vector<std::byte> bytes) {
  Sent& sent = sent_.emplace_back();
  sent.bytes = std::move(bytes);
  check(MPI_Isend(sent.bytes.data(), static_cast<int>(sent.bytes.size()), MPI_BYTE, to, detector_tag, comm_,
                  &sent.request),
        "MPI_Isend");
  return sent.request;
}

std::vector<std::byte> FailureDetector::encode(const RankStatus& status) const {
  MessageBuffer buffer;
  buffer.put(Kind::alive);
  buffer.put(status.waited);
  buffer.put(status.agreed);
  buffer.put(status.progress);
  buffer.put_text(status.call);
  return buffer.bytes();
}

RankStatus FailureDetector::decode_status(const std::vector<std::byte>& bytes) const {
  MessageReader buffer(bytes);
  buffer.get<Kind>();
  RankStatus status;
  status.waited = buffer.get<double>();
  status.agreed = buffer.get<bool>();
  status.progress = buffer.get<Progress>();
  status.call = buffer.get_text();
  return status;
}

/// The missing ranks as one bit per rank: short where few of many are there, too.
std::vector<std::byte> FailureDetector::encode(const Error& verdict) const {
  std::vector<std::byte> missing(static_cast<std::size_t>(size_ + 7) / 8);
  for (const int rank : verdict.ranks()) missing[static_cast<std::size_t>(rank) / 8] |= std::byte{1} << rank % 8;
  MessageBuffer buffer;
  buffer.put(Kind::verdict);
  for (const std::byte byte : missing) buffer.put(byte);
  buffer.put_text(verdict.what());
  return buffer.bytes();
}

Error FailureDetector::decode_verdict(const std::vector<std::byte>& bytes) const {
  MessageReader buffer(bytes);
  buffer.get<Kind>();
  std::vector<int> missing;
  for (int first = 0; first < size_; first += 8) {
    const auto byte = buffer.get<std::byte>();
    for (int bit = 0; bit < 8; ++bit) {
      if ((byte >> bit & std::byte{1}) != std::byte{0}) missing.push_back(first + bit);
    }
  }
  return Error(ErrorCode::rank_missing, buffer.get_text(), missing);
}

}  // namespace tessera::comm
