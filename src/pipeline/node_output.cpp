#include "pipeline/node_output.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string_view>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "comm/broadcast.hpp"
#include "pipeline/space_ahead.hpp"
#include "storage/directory.hpp"

namespace tessera::pipeline {

namespace {

/// What an environment variable says; nothing where it is not set.
std::optional<std::uint64_t> number_in(const char* name, std::uint64_t least, std::uint64_t most) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  const std::string_view text(value);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && number >= least && number <= most) return number;
  throw Error(ErrorCode::invalid_argument, "the environment variable " + std::string(name) + " is " + in_quotes(text) +
                                               "; it can be a number from " + std::to_string(least) + " to " +
                                               std::to_string(most));
}

constexpr std::uint64_t most_writers = 1'000'000;

}  // namespace

std::optional<std::uint64_t> writers_per_node() { return number_in("TESSERA_WRITERS_PER_NODE", 1, most_writers); }

bool is_space_shared() { return number_in("TESSERA_SHARE_SPACE", 0, 1).value_or(0) == 1; }

/// Where it was measured taking turns is not faster (docs/scaling.md).
std::uint64_t usual_writers(const storage::FileSystem&) noexcept { return 0; }

std::uint64_t block_of(const storage::FileSystem& system, const storage::Striping& striping) noexcept {
  constexpr std::uint64_t least = std::uint64_t{16} << 10;
  constexpr std::uint64_t most = std::uint64_t{16} << 20;
  constexpr std::uint64_t usual_stripe = std::uint64_t{1} << 20;
  if (system.name == "Lustre") return striping.count > 0 ? striping.bytes : usual_stripe;
  if (system.name != "GPFS") return no_blocks;  // of the others none is known to lock blocks of what statfs() says
  const std::uint64_t block = system.block_bytes;
  return block >= least && block <= most && block % no_blocks == 0 ? block : no_blocks;
}

storage::Striping striping_of(const storage::FileSystem& system, const std::string& path, int ranks, int nodes) {
  constexpr int least = 4;
  const auto asked = number_in("TESSERA_STRIPES", 0, storage::Striping::max_count);
  storage::Striping striping;
  if (system.name != "Lustre") return striping;
  if (asked) {
    striping.count = *asked;
    return striping;
  }
  const storage::ExpectedStriping expected = storage::expected_striping(storage::directory_of(path));
  if (ranks == 1 || !expected.is_known || expected.is_composite || expected.count > 1) return striping;
  striping.count = std::min<std::uint64_t>(static_cast<std::uint64_t>(std::min(ranks, std::max(least, nodes))),
                                           storage::Striping::max_count);
  return striping;
}

bool stripes_are_asked_for() noexcept {
  const char* value = std::getenv("TESSERA_STRIPES");
  return value != nullptr && *value != '\0';
}

/// What rank 0 says goes as one number, so that opening takes one message more.
NodeOutput::NodeOutput(const comm::Communicator& comm, storage::File& file, const storage::FileSystem& system,
                       std::optional<std::uint64_t> asked, const storage::Striping& striping)
    : file_(file), system_(system) {
  constexpr unsigned writer_bits = 20, stripe_bits = 11;
  static_assert(most_writers < 1u << writer_bits && storage::Striping::max_count < 1u << stripe_bits);
  const std::uint64_t blocks = std::min(block_of(system, striping) / no_blocks, std::uint64_t{UINT32_MAX});
  std::uint64_t word = blocks << stripe_bits | striping.count;
  word = (word << 1 | (asked ? 1 : 0)) << writer_bits | asked.value_or(usual_writers(system));
  word = comm::broadcast(comm, 0, word);
  const auto next = [&](unsigned bits) {
    const std::uint64_t value = word & ((std::uint64_t{1} << bits) - 1);
    word >>= bits;
    return value;
  };
  writers_ = next(writer_bits);
  asked_ = next(1) > 0 ? writers_ : 0;
  stripes_ = next(stripe_bits);
  block_bytes_ = word * no_blocks;
  if (writers_ == 0 || writers_ >= comm.ranks()) return;
  writers_ = std::min<std::uint64_t>(writers_, storage::Turns::max_count);
  memory_.emplace(comm, storage::Turns::bytes(writers_), storage::Turns::make);
  ranks_ = memory_->ranks();
  if (memory_->bytes().empty() || writers_ >= static_cast<std::uint64_t>(ranks_)) return;
  turns_.emplace(file_, memory_->bytes(), static_cast<std::size_t>(memory_->rank()));
}

std::string NodeOutput::to_text() const {
  const std::string as_asked = asked_ > 0 ? ", as asked for" : "";
  std::string text = "on " + storage::to_string(system_);
  if (stripes_ > 0) text += ", over " + std::to_string(stripes_) + (stripes_ == 1 ? " stripe" : " stripes");
  if (block_bytes_ > no_blocks) text += ", space of ranks begins at multiples of " + size_text(block_bytes_);
  if (turns_) {
    text += "; of the " + std::to_string(ranks_) + " ranks of this node " + std::to_string(writers_) +
            (writers_ == 1 ? " writes" : " write") + " at a time" + as_asked;
    const std::uint64_t without = turns_->without_turn();
    if (without > 0) text += "; " + std::to_string(without) + " requests of this rank did not wait for their turn";
  } else {
    text += "; all ranks of this node write at once";
    if (!memory_ || !memory_->bytes().empty()) text += as_asked;
    if (memory_ && memory_->bytes().empty()) text += ", since they can have no memory in common";
  }
  return text;
}

}  // namespace tessera::pipeline
