#pragma once

#include <cstdint>
#include <string_view>

#include <tessera/error.hpp>

#include "comm/communicator.hpp"

/// \file
/// What ranks tell each other when a meeting shows that not all is well. For agree.cpp alone.

namespace tessera::comm {

/// What a rank brought to the meeting; views of what the caller has.
struct Brought {
  std::string_view what;
  const Error* error = nullptr;
  std::string_view context;
  std::string_view values;  ///< no reason to dissent
};

/// Of the error's code and text: the same digest means the same cause.
std::uint64_t cause_digest(const Brought& brought) noexcept;

/// The error that all throw, worked out from memory().reports, which are those of all ranks. Collective. A rank without
/// memory for its text takes part all the same, and has one with the same code.
Error dissent(const Communicator& comm, const Brought& brought);

}  // namespace tessera::comm
