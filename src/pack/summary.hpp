#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <tessera/types.hpp>

/// \file
/// What is kept of values that pass by: FORMAT.md, "Statistics".

namespace tessera::pack {

/// Of one component of a part of a field; parts are put together with merge().
struct Summary {
  double minimum = 0;  ///< with the next two: of the finite values, where there are any
  double maximum = 0;
  double sum = 0;
  std::uint64_t count = 0;       ///< finite values
  std::uint64_t non_finite = 0;  ///< NaN, infinities
};

void merge(Summary& into, const Summary& from) noexcept;

/// Adds values that lie one after the other, a cell's components together.
///
/// \param values of whole cells, aligned as their type wants
/// \param fill   nullptr, or an element that counts for nothing where it is not NaN
/// \param result one for each component; or a single one, for all together
void summarise(DataType type, std::span<const std::byte> values, const std::byte* fill,
               std::span<Summary> result) noexcept;

/// For tests: the plain loop that the result of summarise() is compared with.
void summarise_plainly(DataType type, std::span<const std::byte> values, const std::byte* fill,
                       std::span<Summary> result) noexcept;

}  // namespace tessera::pack
