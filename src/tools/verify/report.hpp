#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/common/input.hpp"

namespace tessera::tools {

/// Something that is wrong with a file.
struct Finding {
  enum class Kind : std::uint8_t { metadata, place, overlap, chunk, missing, steps, times, axes, rows, segment, boxes };

  Kind kind = Kind::metadata;
  std::string path;                     ///< of the dataset, group or attribute
  std::optional<std::int64_t> step;     ///< of a field
  std::optional<std::uint64_t> chunk;   ///< its number, in the step where there is one, in C order
  std::optional<std::uint64_t> offset;  ///< in the file, in bytes
  std::string text;                     ///< goes on from the names of all these
};

std::string_view to_string(Finding::Kind kind) noexcept;

/// What a verification tells of a run.
struct VerifiedRun {
  std::string name;
  std::int64_t steps = 0;
  std::optional<double> last_time;
  std::string time_unit;
};

/// What was found in a file, good or bad.
struct VerifyReport {
  std::string file;
  WriterState writer = WriterState::closed;
  std::vector<VerifiedRun> runs;
  std::vector<Finding> findings;    ///< the first ones
  std::uint64_t findings_more = 0;  ///< further ones
  std::vector<std::string> notes;   ///< what could not be looked at, and why
  std::uint64_t datasets = 0;
  std::uint64_t chunks = 0;          ///< that were read
  std::uint64_t decoded_chunks = 0;  ///< with a checksum or a filter, which were decoded
  std::uint64_t stored_bytes = 0;    ///< of the chunks that were read
  std::uint64_t raw_bytes = 0;       ///< of these, decoded
  std::uint64_t metadata_bytes = 0;
  std::uint64_t unreferenced_bytes = 0;  ///< that nothing in the file points at
  std::uint64_t free_bytes = 0;          ///< of these, what a job that continues the file uses
  std::uint64_t end = 0;                 ///< of the file, by what it says itself
  std::uint64_t length = 0;              ///< of the file
  double seconds = 0;                    ///< for reading and decoding chunks
  std::size_t threads = 1;

  /// Keeps it, where there are not too many already.
  void add(Finding finding);
  bool is_good() const noexcept { return findings.empty(); }
};

std::string verify_text(const VerifyReport& report);
std::string verify_json(const VerifyReport& report);

}  // namespace tessera::tools
