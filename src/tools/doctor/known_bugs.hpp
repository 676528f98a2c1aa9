#pragma once

#include <span>
#include <string_view>

#include "base/version.hpp"

namespace tessera::doctor {

/// An error of an MPI library that HDF5 files have met.
struct KnownBug {
  std::string_view library;  ///< as comm::MpiLibrary names it
  Version first;             ///< that has it
  Version mended;            ///< the first without it
  enum class Where : unsigned char { everywhere, on_lustre, long_paths } where;
  std::string_view what;
  std::string_view variable;  ///< of the environment, which avoids it; empty: none does
  std::string_view value;     ///< that it has to have
  std::string_view source;
};

std::span<const KnownBug> known_bugs();

}  // namespace tessera::doctor
