#include "codec/deflate_encoder.hpp"

#include <algorithm>
#include <vector>

#include <tessera/error.hpp>

#include "codec/check_chunk.hpp"
#include "codec/checksum.hpp"
#include "codec/constant_streams.hpp"
#include "codec/planner.hpp"
#include "codec/shuffle.hpp"

namespace tessera::codec {

namespace {

class DeflateEncoder final : public Encoder {
 public:
  DeflateEncoder(const Codec& codec, Libraries libraries)
      : codec_(codec), compressors_(libraries), planner_(effort_of(codec.level, libraries), compressors_),
        constants_(compressors_) {}

  std::size_t encode(const Chunk& chunk, FieldMemory& memory, std::span<std::byte> out) override {
    check_chunk(chunk, deflate_capacity(chunk.bytes.size()), out);
    const bool shuffled = uses_shuffle(codec_, chunk.element_bytes);
    if (!shuffled && chunk.element_bytes > 1 && chunk.arrangement == Arrangement::planes) {
      throw Error(ErrorCode::internal, "a dataset without a shuffle filter cannot store byte planes");
    }
    if (chunk.bytes.empty()) return 0;
    const bool to_shuffle = shuffled && chunk.arrangement == Arrangement::elements;
    const std::size_t worthwhile = chunk.bytes.size() - chunk.bytes.size() / 100;
    if (ConstantStreams::is_constant(chunk)) {
      const std::span<const std::byte> stream = constants_.stream(chunk, shuffled);
      if (stream.size() <= worthwhile) {
        std::ranges::copy(stream, out.begin());
        return stream.size();
      }
    }
    const std::span<const std::byte> bytes = to_shuffle ? shuffle_chunk(chunk) : chunk.bytes;
    const std::size_t size = deflate(bytes, shuffled ? chunk.element_bytes : 1, memory, out.first(worthwhile));
    return size > 0 ? size : store(bytes, out);
  }

 private:
  std::span<const std::byte> shuffle_chunk(const Chunk& chunk) {
    shuffled_.resize(std::max(shuffled_.size(), chunk.bytes.size()));
    const std::span<std::byte> planes = std::span(shuffled_).first(chunk.bytes.size());
    shuffle(chunk.bytes, chunk.element_bytes, planes);
    return planes;
  }

  /// The size of the zlib stream; 0 when it did not fit, and what is in `out` then is undefined.
  std::size_t deflate(std::span<const std::byte> bytes, std::size_t plane_count, FieldMemory& memory,
                      std::span<std::byte> out) {
    const Planes planes(bytes, plane_count);
    const Plan plan = planner_.begin_chunk(planes, memory);
    const std::size_t size = write_stream(planes, std::span(plan).first(planes.count()), memory, out);
    planner_.end_chunk(planes, size > 0 ? size : bytes.size(), memory);
    return size;
  }

  std::size_t write_stream(const Planes& planes, std::span<const Method> methods, FieldMemory& memory,
                           std::span<std::byte> out) {
    if (std::ranges::all_of(methods, [](Method method) { return method == stored; })) {
      for (std::size_t plane = 0; plane < planes.count(); ++plane) {
        planner_.note_size(planes, plane, stored, planes.plane_bytes(), memory);
      }
      return 0;
    }
    ZlibStream stream(out, compressors_);
    if (!stream.begin()) return 0;
    for (std::size_t plane = 0; plane < planes.count(); ++plane) {
      const std::size_t before = stream.size();
      if (!stream.add(planes[plane], methods[plane], plane + 1 == planes.count())) return 0;
      planner_.note_size(planes, plane, methods[plane], stream.size() - before, memory);
    }
    return stream.end(adler32(planes.bytes())) ? stream.size() : 0;
  }

  /// Block by block, so that the checksum finds the bytes in the cache.
  std::size_t store(std::span<const std::byte> bytes, std::span<std::byte> out) {
    ZlibStream stream(out, compressors_);
    bool fits = stream.begin();
    std::uint32_t checksum = 1;
    while (fits && !bytes.empty()) {
      const auto block = bytes.first(std::min(bytes.size(), ZlibStream::max_stored_bytes));
      bytes = bytes.subspan(block.size());
      fits = stream.add(block, stored, bytes.empty());
      checksum = adler32(block, checksum);
    }
    if (!fits || !stream.end(checksum)) {
      throw Error(ErrorCode::internal, "stored blocks take more space than they should");
    }
    return stream.size();
  }

  Codec codec_;
  Compressors compressors_;
  Planner planner_;
  ConstantStreams constants_;
  std::vector<std::byte> shuffled_;
};

}  // namespace

std::unique_ptr<Encoder> make_deflate_encoder(const Codec& codec) {
  return make_deflate_encoder(codec, Libraries::built_in());
}

std::size_t deflate_capacity(std::size_t chunk_bytes) noexcept { return ZlibStream::stored_bytes(chunk_bytes); }

std::size_t scratch_of_deflate(const Codec& codec, std::size_t chunk_bytes) noexcept {
  const std::size_t compressors = std::size_t{codec.level < 8 ? 4U : 12U} << 20;
  return chunk_bytes + compressors;
}

std::unique_ptr<Encoder> make_deflate_encoder(const Codec& codec, Libraries libraries) {
  return std::make_unique<DeflateEncoder>(codec, libraries);
}

}  // namespace tessera::codec
