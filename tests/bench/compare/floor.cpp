#include "floor.hpp"

#include <mpi.h>

#include <cstring>
#include <span>
#include <stdexcept>

#include "codec/codec.hpp"
#include "storage/file.hpp"

namespace bench {

namespace {

/// `first` counts from the block's lower corner.
std::vector<std::byte> cut(const Block& block, const std::vector<double>& values, const Extents& first,
                           std::int64_t edge) {
  const auto row_bytes = static_cast<std::size_t>(edge) * sizeof(double);
  std::vector<std::byte> chunk(static_cast<std::size_t>(edge * edge) * row_bytes);
  std::byte* out = chunk.data();
  for (std::int64_t z = first[0]; z < first[0] + edge; ++z) {
    for (std::int64_t y = first[1]; y < first[1] + edge; ++y) {
      const std::int64_t at = (z * block.extents[1] + y) * block.extents[2] + first[2];
      std::memcpy(out, values.data() + at, row_bytes);
      out += row_bytes;
    }
  }
  return chunk;
}

}  // namespace

Floor::Floor(const Case& what, const Block& block) : what_(what) {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    if (block.lower[axis] % what.chunk != 0 || block.extents[axis] % what.chunk != 0) {
      throw std::runtime_error("the floor is measured where the blocks consist of whole chunks");
    }
  }
  std::size_t step_bytes = 0;
  for (const auto& values : block.values) {
    auto& chunks = chunks_.emplace_back();
    for (std::int64_t z = 0; z < block.extents[0]; z += what.chunk) {
      for (std::int64_t y = 0; y < block.extents[1]; y += what.chunk) {
        for (std::int64_t x = 0; x < block.extents[2]; x += what.chunk) {
          chunks.push_back(cut(block, values, {z, y, x}, what.chunk));
        }
      }
    }
    step_bytes =
        chunks.size() * tessera::codec::encoded_capacity(tessera::Codec::deflate(what.level), chunks.front().size());
  }
  batch_.resize(step_bytes);
}

Floor::Times Floor::write(const std::string& path, int rank) {
  auto file = rank == 0 ? tessera::storage::create_file(path) : nullptr;
  MPI_Barrier(MPI_COMM_WORLD);
  if (!file) file = tessera::storage::open_file(path);
  const auto encoder = tessera::codec::make_encoder(tessera::Codec::deflate(what_.level));
  tessera::codec::FieldMemory memory;
  const std::size_t part = static_cast<std::size_t>(what_.edge * what_.edge * what_.edge) * sizeof(double) *
                           static_cast<std::size_t>(what_.steps);
  Times times;
  bytes_ = 0;
  MPI_Barrier(MPI_COMM_WORLD);
  for (int n = 0; n < what_.steps; ++n) {
    const double begin = MPI_Wtime();
    std::size_t used = 0;
    for (const auto& chunk : chunks_[static_cast<std::size_t>(n) % chunks_.size()]) {
      used += encoder->encode({chunk}, memory, std::span(batch_).subspan(used));
    }
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
