#include "pipeline/node_output.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string_view>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "comm/broadcast.hpp"
#include "pipeline/space_ahead.hpp"

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

/// Where it was measured taking turns is not faster (docs/scaling.md).
std::uint64_t usual_writers(const storage::FileSystem&) noexcept { return 0; }

std::uint64_t block_of(const storage::FileSystem& system, const storage::Striping& striping) noexcept {
  constexpr std::uint64_t least = std::uint64_t{64} << 10;
  constexpr std::uint64_t most = std::uint64_t{16} << 20;
  constexpr std::uint64_t usual_stripe = std::uint64_t{1} << 20;
  if (system.reach != storage::Reach::parallel) return no_blocks;
  const bool is_lustre = system.name == "Lustre";
  if (is_lustre) return striping.count > 0 ? striping.bytes : usual_stripe;
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
  const storage::ExpectedStriping expected = storage::expected_striping(path);
  if (ranks == 1 || !expected.is_known || expected.is_composite || expected.count > 1) return striping;
  striping.count = std::min<std::uint64_t>(static_cast<std::uint64_t>(std::min(ranks, std::max(least, nodes))),
                                           storage::Striping::max_count);
  return striping;
}

NodeOutput::NodeOutput(const comm::Communicator& comm, storage::File& file, const storage::FileSystem& system,
                       std::optional<std::uint64_t> asked, const storage::Striping& striping)
    : file_(file), system_(system), asked_(comm::broadcast(comm, 0, asked.value_or(0))),
      writers_(asked_ > 0 ? asked_ : comm::broadcast(comm, 0, usual_writers(system))),
      block_bytes_(comm::broadcast(comm, 0, block_of(system, striping))),
      stripes_(comm::broadcast(comm, 0, striping.count)) {
  if (writers_ == 0 || writers_ >= comm.ranks()) return;
  writers_ = std::min<std::uint64_t>(writers_, storage::Turns::max_count);
  memory_.emplace(comm, storage::Turns::bytes(writers_), storage::Turns::make);
  ranks_ = memory_->ranks();
  if (memory_->bytes().empty() || writers_ >= static_cast<std::uint64_t>(ranks_)) return;
  turns_.emplace(file_, memory_->bytes(), static_cast<std::size_t>(memory_->rank()));
}

std::string NodeOutput::to_text() const {
  std::string text = "on " + storage::to_string(system_);
  if (stripes_ > 0) text += ", over " + std::to_string(stripes_) + " stripes";
  if (block_bytes_ > no_blocks) text += ", space of ranks begins at multiples of " + size_text(block_bytes_);
  if (turns_) {
    text += "; of the " + std::to_string(ranks_) + " ranks of this node " + std::to_string(writers_) +
            (writers_ == 1 ? " writes" : " write") + " at a time";
  } else {
    text += "; all ranks of this node write at once";
    if (memory_ && memory_->bytes().empty()) text += ", since they can have no memory in common";
  }
  return text + (asked_ > 0 ? ", as asked for" : "");
}

}  // namespace tessera::pipeline
