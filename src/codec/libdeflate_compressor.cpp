#include "codec/block_compressor.hpp"

#ifdef TESSERA_HAVE_LIBDEFLATE

#include <libdeflate.h>

#include <array>
#include <optional>

#include <tessera/error.hpp>

#include "codec/last_block.hpp"

namespace tessera::codec {

namespace {

struct Free {
  void operator()(libdeflate_compressor* compressor) const noexcept { libdeflate_free_compressor(compressor); }
};

class LibdeflateCompressor final : public BlockCompressor {
 public:
  std::size_t compress(std::span<const std::byte> bytes, Method method, bool last, std::span<std::byte> out) override {
    auto& compressor = compressors_.at(method.level);
    if (!compressor) compressor.reset(libdeflate_alloc_compressor(method.level));
    if (!compressor) throw Error(ErrorCode::out_of_memory, "no memory for libdeflate");
    const std::size_t size =
        libdeflate_deflate_compress(compressor.get(), bytes.data(), bytes.size(), out.data(), out.size());
    return last || size == 0 ? size : continued(out, size);
  }

 private:
  /// libdeflate can only end a stream. Takes the mark of the end from the last block, and appends an empty stored
  /// block, which ends on a byte boundary: three bits 0, zeros up to the boundary, the length 0 and its complement.
  static std::size_t continued(std::span<std::byte> out, std::size_t size) {
    const std::optional<LastBlock> last = find_last_block(out.first(size));
    if (!last || (last->end_bit + 7) / 8 != size) throw Error(ErrorCode::internal, "libdeflate's stream has no end");
    constexpr std::size_t max_added = 5;
    if (out.size() - size < max_added) return 0;
    out[last->header_bit / 8] &= ~(std::byte{1} << static_cast<int>(last->header_bit % 8));
    // libdeflate fills its last byte with zeros.
    if (8 * size - last->end_bit < 3) out[size++] = std::byte{0};
    for (const int byte : {0x00, 0x00, 0xff, 0xff}) out[size++] = static_cast<std::byte>(byte);
    return size;
  }

  static constexpr std::size_t highest_level = 12;
  std::array<std::unique_ptr<libdeflate_compressor, Free>, highest_level + 1> compressors_;
};

}  // namespace

std::unique_ptr<BlockCompressor> make_libdeflate_compressor() { return std::make_unique<LibdeflateCompressor>(); }

}  // namespace tessera::codec

#else

namespace tessera::codec {
std::unique_ptr<BlockCompressor> make_libdeflate_compressor() { return nullptr; }
}  // namespace tessera::codec

#endif
