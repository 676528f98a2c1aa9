#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include <tessera/options.hpp>

#include "base/filters.hpp"
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
  std::span<const std::byte> bytes;  ///< a multiple of element_bytes, at most max_chunk_bytes
  std::size_t element_bytes = 8;     ///< a power of 2, at most max_element_bytes
  Arrangement arrangement = Arrangement::elements;
};

/// Turns chunks into what a dataset with this Codec stores: what comes out of its pipeline, see filters_of in
/// base/filters.hpp. Every chunk goes through every filter, so that HDF5's filter mask is 0, also where that makes it
/// larger: readers need not know of the mask, and the checksum at the end of a zlib stream covers all bytes. A chunk
/// that compression would not make smaller by a hundredth becomes stored blocks, which readers get fast.
///
/// Do not compare encoded bytes with a golden file: they depend on the libraries found, and on what the encoder has
/// learnt.
///
/// One thread at a time uses an encoder, and one thread at a time a memory; different threads use different ones. It
/// serves any number of fields and element sizes. What it keeps in memory: scratch_bytes.
class Encoder {
 public:
  virtual ~Encoder() = default;

  /// Writes the stored form of `chunk` to the front of `out`, which has the encoded_capacity of the chunk and does not
  /// overlap it. What is behind the returned size is undefined. An empty chunk has size 0.
  /// \param memory of the chunk's field; the same sequence of chunks and an equal memory give the same bytes
  /// \returns bytes written
  /// \throws Error internal when sizes are not as documented, out_of_memory
  virtual std::size_t encode(const Chunk& chunk, FieldMemory& memory, std::span<std::byte> out) = 0;
};

/// The encoder for a codec, see `registry` in codec.cpp. \throws Error invalid_argument for one that does not exist
std::unique_ptr<Encoder> make_encoder(const Codec& codec);

/// The most bytes that a chunk of `chunk_bytes` can become.
std::size_t encoded_capacity(const Codec& codec, std::size_t chunk_bytes);

/// The most memory that the codec's encoder keeps when its largest chunk has `chunk_bytes`. (For a moment it is a chunk
/// more, where all elements are equal.)
std::size_t scratch_bytes(const Codec& codec, std::size_t chunk_bytes);

}  // namespace tessera::codec
