#include "floor.hpp"

#include <mpi.h>

#include <cstring>
#include <memory>
#include <span>
#include <stdexcept>

#include "codec/codec.hpp"
#include "storage/file.hpp"

namespace bench {

namespace {

/// `first` counts from the block's lower corner.
void cut(const Block& block, const std::vector<double>& values, const Extents& first, std::int64_t edge,
         std::span<std::byte> chunk) {
  const auto row_bytes = static_cast<std::size_t>(edge) * sizeof(double);
  std::byte* out = chunk.data();
  for (std::int64_t z = first[0]; z < first[0] + edge; ++z) {
    for (std::int64_t y = first[1]; y < first[1] + edge; ++y) {
      const std::int64_t at = (z * block.extents[1] + y) * block.extents[2] + first[2];
      std::memcpy(out, values.data() + at, row_bytes);
      out += row_bytes;
    }
  }
}

}  // namespace

struct Floor::Encoding {
  std::unique_ptr<tessera::codec::Encoder> encoder;
  tessera::codec::FieldMemory memory;
  std::vector<std::byte> chunk;  ///< where chunks are cut
};

Floor::Floor(const Case& what, const Block& block, bool cuts) : what_(what), block_(block), cuts_(cuts) {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    if (block.lower[axis] % what.chunk != 0 || block.extents[axis] % what.chunk != 0) {
      throw std::runtime_error("the floor is measured where the blocks consist of whole chunks");
    }
  }
  for (std::int64_t z = 0; z < block.extents[0]; z += what.chunk) {
    for (std::int64_t y = 0; y < block.extents[1]; y += what.chunk) {
      for (std::int64_t x = 0; x < block.extents[2]; x += what.chunk) first_.push_back({z, y, x});
    }
  }
  const auto chunk_bytes = static_cast<std::size_t>(what.chunk * what.chunk * what.chunk) * sizeof(double);
  for (const auto& values : block.values) {
    if (cuts) break;
    auto& chunks = chunks_.emplace_back();
    for (const Extents& first : first_) cut(block, values, first, what.chunk, chunks.emplace_back(chunk_bytes));
  }
  batch_.resize(first_.size() * tessera::codec::encoded_capacity(tessera::Codec::deflate(what.level), chunk_bytes));
}

/// Into the batch. \returns its bytes
std::size_t Floor::encode_step(std::size_t values, Encoding& encoding) {
  std::size_t used = 0;
  for (std::size_t number = 0; number < first_.size(); ++number) {
    if (cuts_) cut(block_, block_.values[values], first_[number], what_.chunk, encoding.chunk);
    const std::span<const std::byte> chunk = cuts_ ? encoding.chunk : chunks_[values][number];
    used += encoding.encoder->encode({chunk}, encoding.memory, std::span(batch_).subspan(used));
  }
  return used;
}

Floor::Times Floor::write(const std::string& path, int rank) {
  auto file = rank == 0 ? tessera::storage::create_file(path) : nullptr;
  MPI_Barrier(MPI_COMM_WORLD);
  if (!file) file = tessera::storage::open_file(path);
  Encoding encoding{tessera::codec::make_encoder(tessera::Codec::deflate(what_.level)), {}, {}};
  encoding.chunk.resize(static_cast<std::size_t>(what_.chunk * what_.chunk * what_.chunk) * sizeof(double));
  const std::size_t part = static_cast<std::size_t>(what_.edge * what_.edge * what_.edge) * sizeof(double) *
                           static_cast<std::size_t>(what_.steps);
  Times times;
  bytes_ = 0;
  MPI_Barrier(MPI_COMM_WORLD);
  for (int n = 0; n < what_.steps; ++n) {
    const double begin = MPI_Wtime();
    const std::size_t used = encode_step(static_cast<std::size_t>(n) % block_.values.size(), encoding);
    const double encoded = MPI_Wtime();
    file->write(static_cast<std::size_t>(rank) * part + bytes_, std::span(batch_).first(used));
    if (what_.power_safe) file->sync();
    bytes_ += used;
    times.encode += encoded - begin;
    times.write += MPI_Wtime() - encoded;
  }
  return times;
}

}  // namespace bench
