#pragma once

#include <cstddef>
#include <span>

#include "pipeline/batch.hpp"
#include "pipeline/group_exchange.hpp"

namespace tessera::pipeline {

/// Where the cells `part` of a slot's chunk begin, in its elements `raw`.
std::byte* place_in_chunk(const Batch::Slot& slot, const Box& part, std::span<std::byte> raw);

/// Copies all pieces of a slot's chunk to where they belong in it: this rank's own, from the caller's memory, and those
/// that arrived. Any thread; the exchange of what arrives is finished.
void assemble_chunk(const Batch::Slot& slot, const GroupExchange& exchange, std::span<std::byte> raw);

}  // namespace tessera::pipeline
