#pragma once

#include <cstdint>
#include <string_view>

#include <tessera/error.hpp>

#include "comm/communicator.hpp"

/// \file
/// What ranks tell each other when an agreement shows that not all is well. For agree.cpp alone.

namespace tessera::comm {

/// What a rank contributed to the agreement; views of what the caller has.
struct Contribution {
  std::string_view what;
  const Error* error = nullptr;
  std::string_view context;
  std::string_view values;  ///< no reason to disagree
};

/// Of the error's code and text: the same digest means the same cause.
std::uint64_t cause_digest(const Contribution& contribution) noexcept;

/// The error that all throw, worked out from memory().reports, which are those of all ranks. Collective. A rank without
/// memory for its text takes part all the same, and has one with the same code.
Error joint_error(const Communicator& comm, const Contribution& contribution);

}  // namespace tessera::comm
