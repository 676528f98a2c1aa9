#include "comm/messages.hpp"

#include <algorithm>

#include "comm/check.hpp"
#include "comm/exchange.hpp"
#include "comm/keep.hpp"
#include "comm/message_parts.hpp"
#include "comm/message_tags.hpp"
#include "comm/run.hpp"

namespace tessera::comm {

namespace {

/// What a rank without a contribution says instead of its size.
constexpr std::uint64_t none = UINT64_MAX;

}  // namespace

Messages::~Messages() {
  if (receives_.empty() && sends_.empty()) return;
  if (!comm_.usable()) {
    keep_forever(std::move(kept_));
    return;
  }
  try {
    finish();
  } catch (...) {  // has been thrown before, or the next agreement will
  }
}

void Messages::reserve(std::size_t receives, std::size_t sends, std::size_t bytes) {
  const std::size_t parts = bytes / part_bytes + 1;
  receives_.reserve(receives * parts);
  sends_.reserve(sends * parts);
}

void Messages::receive(int from, int tag, std::span<std::byte> into) {
  for_each_part(into, [&](std::span<std::byte> part, int size) {
    receives_.push_back(MPI_REQUEST_NULL);
    check(MPI_Irecv(part.data(), size, MPI_BYTE, from, tag, comm_.get(), &receives_.back()), "MPI_Irecv");
  });
}

void Messages::send(int to, int tag, std::span<const std::byte> bytes) {
  for_each_part(bytes, [&](std::span<const std::byte> part, int size) {
    sends_.push_back(MPI_REQUEST_NULL);
    check(MPI_Isend(part.data(), size, MPI_BYTE, to, tag, comm_.get(), &sends_.back()), "MPI_Isend");
  });
}

void Messages::progress() {
  is_done(receives_);
  is_done(sends_);
}

void Messages::finish_sending() { wait_for(sends_); }

void Messages::finish_receiving() { wait_for(receives_); }

void Messages::wait_for(std::vector<MPI_Request>& requests) {
  if (requests.empty()) return;
  std::vector<MPI_Request> waiting;
  waiting.swap(requests);  // whatever comes, nobody waits for them a second time
  try {
    comm_.watch().wait(waiting);
  } catch (...) {
    keep_forever(std::move(kept_));
    throw;
  }
  waiting.clear();
  requests.swap(waiting);  // its memory serves again
}

void BytesGather::reserve(std::size_t own, std::size_t all) {
  const bool is_root = comm_.rank() == 0;
  if (is_root) {
    all_.reserve(all);
    said_.resize(comm_.ranks());
    answers_.resize(comm_.ranks());
  }
  messages_.reserve(is_root ? comm_.ranks() : 0, is_root ? 0 : 1, std::max(own, all));
}

std::optional<std::span<const std::byte>> BytesGather::gather(std::optional<std::span<const std::byte>> own,
                                                              const Numbers& numbers) {
  own_ = {own ? own->size() : none, numbers};
  constexpr int words = sizeof own_ / sizeof(std::uint64_t);
  run(comm_, [&](MPI_Request* request) {
    check(MPI_Igather(&own_, words, MPI_UINT64_T, said_.data(), words, MPI_UINT64_T, 0, comm_.get(), request),
          "MPI_Igather");
  });
  if (comm_.rank() != 0) {
    if (own) messages_.send(0, of_gather, *own);
    messages_.finish();
    return std::span<const std::byte>();
  }
  const bool is_complete = std::ranges::find(said_, none, &Said::size) == said_.end();
  for (Said& one : said_) one.size = one.size == none ? 0 : one.size;
  std::uint64_t total = 0;
  for (const Said& one : said_) total += one.size;
  all_.resize(total);
  if (own) std::ranges::copy(*own, all_.begin());
  std::span<std::byte> rest = std::span(all_).subspan(said_[0].size);
  for (std::size_t rank = 1; rank < said_.size(); rest = rest.subspan(said_[rank].size), ++rank) {
    messages_.receive(static_cast<int>(rank), of_gather, rest.first(said_[rank].size));
  }
  messages_.finish();
  if (!is_complete) return std::nullopt;
  return std::span<const std::byte>(all_);
}

void BytesGather::scatter() {
  constexpr int words = std::tuple_size_v<Answer>;
  run(comm_, [&](MPI_Request* request) {
    check(MPI_Iscatter(answers_.data(), words, MPI_UINT64_T, own_answer_.data(), words, MPI_UINT64_T, 0, comm_.get(),
                       request),
          "MPI_Iscatter");
  });
}

std::vector<std::byte> gather_bytes(const Communicator& comm, std::span<const std::byte> own) {
  const auto gather = std::make_shared<BytesGather>(comm);
  const auto most = static_cast<std::size_t>(max_over_ranks(comm, static_cast<std::int64_t>(own.size())));
  gather->reserve(own.size(), most * comm.ranks());
  try {
    const auto all = gather->gather(own);
    return {all->begin(), all->end()};
  } catch (...) {
    keep_forever(gather);
    throw;
  }
}

}  // namespace tessera::comm
