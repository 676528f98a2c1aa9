#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace tessera::pipeline {

/// A chunk that needs space in the file.
struct Piece {
  std::uint64_t bytes = 0;
  std::size_t number = 0;  ///< the caller's, of the chunk
};

/// Up to three pieces that together fill a space but for a rest.
struct ExactFit {
  std::array<std::size_t, 3> which{};  ///< places among the pieces, ascending
  std::size_t count = 0;               ///< 0: none of them fits
  std::uint64_t rest = 0;
};

/// Those of which the least rest is left, among the first pieces (16: some microseconds).
ExactFit exact_fit(std::span<const Piece> pieces, std::uint64_t space) noexcept;

}  // namespace tessera::pipeline
