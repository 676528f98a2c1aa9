#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <tessera/error.hpp>

#include "comm/communicator.hpp"

namespace tessera::comm {

/// The value that `root` has, on every rank. Collective; needs no memory.
std::uint64_t broadcast(const Communicator& comm, int root, std::uint64_t value);

/// The text that `root` has, on every rank. Collective. \param failure is set on a rank that has no memory for it; all
/// take part to the end
std::string broadcast_text(const Communicator& comm, int root, std::string_view text, std::optional<Error>& failure);
/// The same where that may be thrown on one rank alone: for tools and tests.
std::string broadcast_text(const Communicator& comm, int root, std::string_view text);

}  // namespace tessera::comm
