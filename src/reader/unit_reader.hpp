#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/buffer.hpp"
#include "codec/decode.hpp"
#include "reader/read_files.hpp"
#include "reader/read_units.hpp"
#include "storage/read_only_file.hpp"

namespace tessera::detail {

/// What a read is about; the same for all its threads.
struct ReadJob {
  const ReadSources* sources = nullptr;
  std::int64_t step = -1;         ///< -1: static fields
  std::span<const GetBox> boxes;  ///< of this rank
  int self = 0;                   ///< this rank
  ReadFiles* files = nullptr;
};

/// "step 3 of run 'a'".
std::string step_text(const schema::StoredRun& run, std::int64_t step);

/// Reads and decodes chunks of a unit, and hands out their cells. One per thread.
class UnitReader {
 public:
  /// To the boxes of this rank, and to `messages`, which has unit.message_bytes. Each byte of the file is read once.
  /// \throws Error storage, hdf5, which names the chunk
  void read(const ReadJob& job, const ReadUnit& unit, std::span<std::byte> messages);

 private:
  /// Chunks that follow each other in the file, read at once.
  std::size_t load(const storage::ReadOnlyFile& file, const ReadUnit& unit, std::size_t first);
  codec::Decoded decode(const schema::StoredField& stored, const OwnChunk& chunk);
  codec::Decoded filled(const schema::StoredField& stored);
  void hand_out(const ReadJob& job, const schema::StoredField& stored, const UnitChunk& chunk,
                const codec::Decoded& decoded, std::span<std::byte> messages);

  codec::Decoder decoder_;
  Buffer encoded_;
  Buffer elements_;
  std::uint64_t begin_ = 0;  ///< of what is in encoded_, in the file
};

}  // namespace tessera::detail
