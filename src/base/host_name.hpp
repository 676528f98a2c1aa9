#pragma once

#include <array>

namespace tessera {

/// This machine's name, ended by a zero; empty where the system does not tell.
std::array<char, 256> host_name() noexcept;

}  // namespace tessera
