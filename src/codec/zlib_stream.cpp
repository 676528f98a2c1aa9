#include "codec/zlib_stream.hpp"

#include <algorithm>
#include <cstring>

#include <tessera/error.hpp>

namespace tessera::codec {

namespace {

std::unique_ptr<BlockCompressor> make_compressor(Library library, Libraries allowed) {
  if (library == Library::zlib) return make_zlib_compressor();
  if (library == Library::isal && allowed.isal) return make_isal_compressor();
  if (library == Library::libdeflate && allowed.libdeflate) return make_libdeflate_compressor();
  return nullptr;
}

/// RFC 1950 and 1951.
constexpr std::size_t begin_bytes = 2;
constexpr std::size_t checksum_bytes = 4;
constexpr std::size_t stored_header_bytes = 5;

std::byte low_byte(std::size_t value) noexcept { return static_cast<std::byte>(value & 0xff); }

}  // namespace

Libraries Libraries::built_in() noexcept {
  Libraries result;
#ifdef TESSERA_HAVE_ISAL
  result.isal = true;
#endif
#ifdef TESSERA_HAVE_LIBDEFLATE
  result.libdeflate = true;
#endif
  return result;
}

BlockCompressor& Compressors::of(Library library) {
  std::unique_ptr<BlockCompressor>& compressor = compressors_[static_cast<std::size_t>(library)];
  if (!compressor) compressor = make_compressor(library, libraries_);
  if (!compressor) throw Error(ErrorCode::internal, "a compressor is used that this encoder does not have");
  return *compressor;
}

// RFC 1950: deflate with a window of 32 KiB; the second byte makes the two a multiple of 31 (as a big-endian number).
bool ZlibStream::begin() {
  if (rest().size() < begin_bytes) return false;
  out_[size_++] = std::byte{0x78};
  out_[size_++] = std::byte{0x01};
  return true;
}

bool ZlibStream::add(std::span<const std::byte> bytes, Method method, bool last) {
  if (method == stored) return add_stored(bytes, last);
  const std::size_t added = compressors_.of(method.library).compress(bytes, method, last, rest());
  size_ += added;
  return added > 0;
}

// A byte with the final bit and the type 0, the length, its complement, the bytes.
bool ZlibStream::add_stored(std::span<const std::byte> bytes, bool last) {
  while (!bytes.empty()) {
    const std::size_t count = std::min(bytes.size(), max_stored_bytes);
    if (rest().size() < stored_header_bytes + count) return false;
    const bool final = last && count == bytes.size();
    for (const std::byte byte :
         {std::byte{final}, low_byte(count), low_byte(count >> 8), low_byte(~count), low_byte(~count >> 8)}) {
      out_[size_++] = byte;
    }
    std::memcpy(out_.data() + size_, bytes.data(), count);
    size_ += count;
    bytes = bytes.subspan(count);
  }
  return true;
}

bool ZlibStream::end(std::uint32_t adler32) {
  if (rest().size() < checksum_bytes) return false;
  for (int shift = 24; shift >= 0; shift -= 8) out_[size_++] = low_byte(adler32 >> shift);
  return true;
}

std::size_t ZlibStream::stored_bytes(std::size_t bytes) noexcept {
  return begin_bytes + (bytes + max_stored_bytes - 1) / max_stored_bytes * stored_header_bytes + bytes + checksum_bytes;
}

}  // namespace tessera::codec
