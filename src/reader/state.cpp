#include "reader/state.hpp"

#include <string_view>
#include <utility>

#include "base/attempt.hpp"
#include "base/text.hpp"
#include "comm/abandon.hpp"
#include "comm/agree.hpp"
#include "comm/broadcast.hpp"
#include "comm/rank_timeout.hpp"

namespace tessera::detail {

std::shared_ptr<ReaderState> ReaderState::open(MPI_Comm communicator, const std::string& path,
                                               const ReaderOptions& options) {
  double limit = 0;
  std::optional<Error> noted;  // told in the first agreement
  attempt(noted, [&] { limit = comm::rank_timeout(options.rank_timeout); });
  std::optional<Error> failure;
  std::shared_ptr<std::optional<ReaderState>> place;
  std::string own_path;
  attempt(failure, [&] {
    place = std::make_shared<std::optional<ReaderState>>();
    own_path = path;
  });
  if (failure) comm::refuse(communicator, owner, limit, *failure);
  place->emplace(communicator, std::move(own_path), options, limit, std::move(noted));
  return {place, &**place};
}

ReaderState::ReaderState(MPI_Comm communicator, std::string path, const ReaderOptions& options, double rank_timeout,
                         std::optional<Error> noted)
    : path_(std::move(path)), options_(options), comm_(communicator, owner, rank_timeout) {
  open_together(std::move(noted));
}

/// Rank 0 alone looks at the metadata: on a parallel file system thousands of ranks that did would be a storm.
void ReaderState::open_together(std::optional<Error> failure) {
  agree("Reader", "Reader of " + in_quotes(path_), std::move(failure));
  failure = std::nullopt;
  std::string bytes;
  if (comm_.rank() == 0) {
    attempt(failure, [&] {
      contents_ = read_contents();
      inode_ = file_->inode();
      bytes = schema::to_bytes(contents_);
    });
  }
  comm::conclude(comm_, "reading what is in the file", failure);
  inode_ = comm::broadcast(comm_, 0, inode_);
  bytes = comm::broadcast_text(comm_, 0, bytes, failure);
  attempt_unless(failure, [&] {
    if (comm_.rank() != 0) contents_ = schema::contents_of(bytes);
  });
  comm::conclude(comm_, "reading what is in the file", failure);
}

void ReaderState::require_open(const char* verb) const {
  if (closed_) {
    throw Error(ErrorCode::wrong_order, std::string(verb) + " after the reader of " + in_quotes(path_) +
                                            " was closed; make all calls before close()");
  }
  comm_.require_usable(verb);
}

/// Every collective call begins here: all ranks make the same one, or all throw the same error.
std::uint64_t ReaderState::agree(const char* verb, std::string&& what, std::optional<Error> failure,
                                 std::uint64_t flags) {
  comm_.watch().enter(what.empty() ? std::string_view(verb) : what);
  comm::Call call;
  call.what = std::move(what);
  call.error = std::move(failure);
  call.flags = flags;
  const comm::Outcome outcome = comm::try_agree(comm_, call);
  if (!outcome.error) return outcome.flags;
  if (outcome.error->code() == ErrorCode::abandoned) closed_ = true;
  throw *outcome.error;
}

void ReaderState::close() {
  if (closed_) return;
  require_open("Reader::close");
  agree("Reader::close", "close() of " + in_quotes(path_), {});
  closed_ = true;
  release();
}

void ReaderState::abandon() noexcept {
  if (closed_) return;
  closed_ = true;
  if (comm_.is_own_process() && comm_.usable()) comm::abandon(comm_, comm::abandon_seconds);
  release();
}

void ReaderState::release() noexcept {
  file_.reset();
  files_.close();
  segments_.close();
  chunk_reads_.reset();
}

}  // namespace tessera::detail
