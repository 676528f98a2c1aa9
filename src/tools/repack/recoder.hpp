#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/buffer.hpp"
#include "base/workers.hpp"
#include "codec/codec.hpp"
#include "codec/decode.hpp"
#include "codec/field_memory.hpp"
#include "storage/read_only_file.hpp"
#include "tools/repack/chunk_task.hpp"
#include "tools/repack/slabs.hpp"

namespace tessera::tools {

/// A chunk of a copy, as it is to be stored.
struct RecodedChunk {
  std::uint64_t number = 0;  ///< row-major, in the copy
  std::uint32_t mask = 0;    ///< bit i: filter i was skipped
  std::span<const std::byte> bytes;
};

/// Makes chunks of copies from a file's bytes, with several threads. Without MPI and HDF5.
class Recoder {
 public:
  Recoder(const storage::ReadOnlyFile& source, std::size_t threads);

  /// Chunks of a slab, ascending, without those of which nobody wrote anything. What they show stays until the next
  /// call. \throws Error hdf5: a chunk is damaged; storage
  std::vector<RecodedChunk> make(const ChunkTask& task, const Slabs& slabs, std::uint64_t number);

 private:
  struct Thread {
    codec::Decoder decoder;
    std::unique_ptr<codec::Encoder> encoder;
    codec::FieldMemory memory;  ///< of the task at hand
    Buffer stored, elements;
  };
  void begin(const ChunkTask& task);
  std::vector<RecodedChunk> copy(const ChunkTask& task, std::pair<std::size_t, std::size_t> range);
  std::vector<RecodedChunk> recode(const ChunkTask& task, const Slab& slab);
  void read(const ChunkTask& task, const Slab& slab, std::uint64_t number, Thread& thread);
  std::size_t encode(const ChunkTask& task, const Slab& slab, std::uint64_t number, Thread& thread,
                     std::span<std::byte> out);

  const storage::ReadOnlyFile& source_;
  Workers workers_;
  std::vector<Thread> threads_;
  const ChunkTask* task_ = nullptr;
  Buffer slab_, out_;
};

}  // namespace tessera::tools
