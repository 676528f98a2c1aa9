#include "codec/checksum.hpp"

#if defined(TESSERA_HAVE_LIBDEFLATE)
#include <libdeflate.h>
#elif defined(TESSERA_HAVE_ISAL)
#include <isa-l/igzip_lib.h>
#else
#include <zlib.h>
#endif

namespace tessera::codec {

std::uint32_t adler32(std::span<const std::byte> bytes, std::uint32_t before) noexcept {
#if defined(TESSERA_HAVE_LIBDEFLATE)
  return libdeflate_adler32(before, bytes.data(), bytes.size());
#elif defined(TESSERA_HAVE_ISAL)
  return isal_adler32(before, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
#else
  return static_cast<std::uint32_t>(::adler32_z(before, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
#endif
}

}  // namespace tessera::codec
