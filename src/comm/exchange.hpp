#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <tessera/error.hpp>

#include "comm/communicator.hpp"

namespace tessera::comm {

using Lists = std::vector<std::vector<std::int64_t>>;

/// Element `r` goes to rank r; the result's element r came from rank r. Collective; any list may be empty. Takes part
/// also where `failure` is set, with nothing; what failed on any rank, memory for the result included, all throw.
Lists all_to_all(const Communicator& comm, Lists outgoing, std::optional<Error> failure = {});

/// The largest of all ranks' values. Collective; needs no memory.
std::int64_t max_over_ranks(const Communicator& comm, std::int64_t value);

/// The largest of all ranks' values at each place. Collective, with as many values on each rank. \param failure like
/// that of all_to_all
std::vector<std::int64_t> max_over_ranks(const Communicator& comm, std::vector<std::int64_t> values,
                                         std::optional<Error> failure);

/// The bits that all ranks set. Collective, with as many words on each rank. \param failure like that of all_to_all
std::vector<std::uint64_t> common_bits(const Communicator& comm, std::vector<std::uint64_t> words,
                                       std::optional<Error> failure);

}  // namespace tessera::comm
