#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/attempt.hpp"
#include "base/text.hpp"
#include "comm/agree.hpp"
#include "comm/broadcast.hpp"
#include "reader/state.hpp"
#include "schema/renumbered.hpp"

// What becomes of a file while it is open: other trees are published, and steps come.

namespace tessera::detail {

namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

/// What rank 0 tells the others.
enum Found : std::uint64_t { nothing_yet, something, nothing };

}  // namespace

/// On rank 0. A tree that was published when it was opened stays as it is for a while (Options::reader_grace_ms); one
/// that took longer to read may have been written to.
schema::Contents ReaderState::read_contents() {
  constexpr Seconds short_time{0.1};
  for (int left = 10;; --left) {
    const auto begin = Clock::now();
    file_.emplace(path_);
    is_of_contents_ = true;
    if (inode_ != 0) require_same_file({path_, inode_}, file_->inode());
    try {
      schema::Contents contents = file_->contents();
      if (left == 0 || Clock::now() - begin < short_time || file_->is_current()) return contents;
    } catch (const Error&) {
      if (left == 0 || file_->is_current()) throw;
    }
  }
}

/// The file as it is now. What is read of an older tree may be overwritten.
hdf5::InputFile& ReaderState::hdf5_file() {
  if (!file_ || !file_->is_current()) {
    file_.emplace(path_);
    is_of_contents_ = false;
    require_same_file({path_, inode_}, file_->inode());
  }
  return *file_;
}

/// On rank 0: what is in the file now, as bytes; empty where that is what is known.
std::string ReaderState::look_for_more() {
  if (file_ && is_of_contents_ && file_->is_current()) return {};
  std::string bytes = schema::to_bytes(schema::renumbered(contents_, read_contents()));
  return bytes == schema::to_bytes(contents_) ? std::string() : bytes;
}

bool ReaderState::refresh(const char* verb, double seconds) {
  require_open(verb);
  agree(verb, std::string(verb) + " of " + in_quotes(path_) + " for " + exact(seconds) + " s", {});
  const auto end = Clock::now() + Seconds(std::clamp(seconds, 0.0, 1e9));
  std::string bytes;
  for (double pause = 1e-3;; pause = std::min(2 * pause, 0.05)) {
    std::optional<Error> failure;
    if (comm_.rank() == 0) attempt(failure, [&] { bytes = look_for_more(); });
    const std::uint64_t found = !bytes.empty() ? something : Clock::now() < end ? nothing_yet : nothing;
    const comm::Outcome outcome = comm::try_conclude(comm_, "looking for new steps", failure, 0, found);
    if (outcome.error) throw *outcome.error;
    if (outcome.from_root == nothing) return false;
    if (outcome.from_root == something) break;
    usleep(static_cast<useconds_t>(1e6 * pause));
  }
  std::optional<Error> failure;
  bytes = comm::broadcast_text(comm_, 0, bytes, failure);
  schema::Contents contents;
  attempt_unless(failure, [&] { contents = schema::contents_of(bytes); });
  comm::conclude(comm_, "reading what is in the file", failure);
  contents_ = std::move(contents);
  sources_.reset();
  return true;
}

}  // namespace tessera::detail
