#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "storage/file.hpp"

namespace tessera::crash {

/// What a record in a trace is.
enum class Kind : std::uint64_t { write = 0, grow = 1, sync = 2, truncate = 3 };

/// From here on every change that this process makes through the storage layer is appended to `trace` before it is
/// made: u64 time (ns, the machine's monotonic clock, so that traces of several ranks can be merged), u64 kind, u64
/// offset (or size, for grow and truncate), u64 length, then the bytes. All little-endian.
void record_to(const std::string& trace);

}  // namespace tessera::crash
