#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include <tessera/options.hpp>

#include "codec/field_memory.hpp"

/// \file
/// Chunks into what HDF5's filter pipeline would have stored: bytes to bytes, no HDF5 and no MPI.

namespace tessera::codec {

/// How the bytes of a chunk lie in memory.
enum class Arrangement : std::uint8_t {
  elements,  ///< element after element, in C order
  planes,    ///< as the shuffle filter leaves them: the first byte of every element, then the second, ...
};

/// A whole chunk; chunks at the far edge of a field are padded by the caller.
struct Chunk {
  std::span<const std::byte> bytes;  ///< a multiple of element_bytes; below 4 GiB, as HDF5 stores it
  std::size_t element_bytes = 8;     ///< 1, 2, 4 or 8
  Arrangement arrangement = Arrangement::elements;
};

/// What H5Dwrite_chunk wants next to the address.
struct Encoded {
  std::size_t size = 0;           ///< bytes written to `out`; at most those of the chunk
  std::uint32_t filter_mask = 0;  ///< bit i set: filter i of the dataset's pipeline was skipped for this chunk
};

/// Turns chunks into what a dataset with this Codec stores. The pipeline is shuffle (where used, see uses_shuffle) and
/// deflate: filters 0 and 1, or deflate alone as filter 0; none at level 0.
///
/// A chunk that compression would not make smaller by a hundredth is stored as it is, which readers get at memory
/// speed: in the order of elements, with every filter skipped; when it was handed over as planes, as planes, with only
/// deflate skipped. Do not compare encoded bytes with a golden file: they depend on the libraries found, and on what
/// the encoder has learnt.
///
/// One thread at a time uses an encoder, and one thread at a time a memory; different threads use different ones. An
/// encoder keeps scratch memory: the size of its largest chunk (for Arrangement::elements; twice that for a moment,
/// where all elements are equal), and at most 4 MiB (levels 1 to 7) or 12 MiB (8 and 9) for the compressors. It serves
/// any number of fields and element sizes.
class Encoder {
 public:
  virtual ~Encoder() = default;

  /// Writes the stored form of `chunk` to the front of `out`, which is at least as large as the chunk and does not
  /// overlap it. What is behind the returned size is undefined. An empty chunk has size 0.
  /// \param memory of the chunk's field; the same sequence of chunks and an equal memory give the same bytes
  /// \throws Error internal when sizes are not as documented, out_of_memory
  virtual Encoded encode(const Chunk& chunk, FieldMemory& memory, std::span<std::byte> out) = 0;
};

/// The encoder for a codec, see `registry` in codec.cpp. \throws Error invalid_argument for one that does not exist
std::unique_ptr<Encoder> make_encoder(const Codec& codec);

/// Whether the pipeline of a dataset with this codec has the shuffle filter: it has nothing to do for elements of one
/// byte.
constexpr bool uses_shuffle(const Codec& codec, std::size_t element_bytes) noexcept {
  return codec.level > 0 && codec.shuffle && element_bytes > 1;
}

}  // namespace tessera::codec
