#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tessera::comm {

enum State : std::uint64_t { fine = 0, failed = 1, left = 2 };

/// The reduction of an agreement, a bitwise or. A digest and its complement are complements of each other exactly when
/// all ranks have the same one.
struct Words {
  std::uint64_t states = fine;
  std::uint64_t digest = 0;
  std::uint64_t digest_complement = 0;
  std::uint64_t values = 0;  ///< a digest too
  std::uint64_t values_complement = 0;
  std::uint64_t flags_complement = 0;
  std::uint64_t from_root = 0;  ///< rank 0's; the others' are 0
};

/// What a rank says of itself where the reduction shows that not all is well.
struct Report {
  std::uint64_t state = fine;
  std::uint64_t call = 0;   ///< digest
  std::uint64_t cause = 0;  ///< digest of the error's code and text
  std::uint64_t code = 0;   ///< of the error
};

/// What small collective operations work on. It is there before the first of them, so that a rank without memory can
/// still say so to the others. One operation uses it at a time; where one never ends it is kept for ever.
struct AgreementBuffers {
  explicit AgreementBuffers(std::size_t ranks) : reports(ranks), to_ranks(ranks), from_ranks(ranks) {}

  static constexpr std::size_t text_bytes = std::size_t{16} << 10;

  Words words;
  Report own_report;
  std::vector<Report> reports;            ///< by rank
  std::vector<std::uint64_t> to_ranks;    ///< a number for each rank
  std::vector<std::uint64_t> from_ranks;  ///< a number from each rank
  std::uint64_t number = 0;
  std::array<char, text_bytes> text;  ///< a piece of one
};

}  // namespace tessera::comm
