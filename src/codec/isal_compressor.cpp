#include "codec/block_compressor.hpp"

#ifdef TESSERA_HAVE_ISAL

#include <isa-l/igzip_lib.h>

#include <string>
#include <vector>

#include <tessera/error.hpp>

#include "base/narrow.hpp"

namespace tessera::codec {

namespace {

/// Serves every level; the most that ISA-L has a use for, so that its blocks are long.
constexpr std::size_t level_buffer_bytes = ISAL_DEF_LVL3_EXTRA_LARGE;

class IsalCompressor final : public BlockCompressor {
 public:
  std::size_t compress(std::span<const std::byte> bytes, Method method, bool last, std::span<std::byte> out) override {
    isal_deflate_stateless_init(&stream_);
    stream_.level = method.level;
    stream_.level_buf = buffer_.data();
    stream_.level_buf_size = static_cast<std::uint32_t>(buffer_.size());
    stream_.hist_bits = method.window_bits;
    stream_.end_of_stream = last ? 1 : 0;
    stream_.flush = last ? NO_FLUSH : FULL_FLUSH;
    // ISA-L's interface wants its input mutable and does not write to it.
    stream_.next_in = reinterpret_cast<std::uint8_t*>(const_cast<std::byte*>(bytes.data()));
    stream_.avail_in = narrow<std::uint32_t>(bytes.size(), "bytes to deflate");
    stream_.next_out = reinterpret_cast<std::uint8_t*>(out.data());
    stream_.avail_out = narrow<std::uint32_t>(out.size(), "the output buffer of deflate");
    const int result = isal_deflate_stateless(&stream_);
    if (result == STATELESS_OVERFLOW) return 0;
    if (result != COMP_OK) throw Error(ErrorCode::internal, "ISA-L: deflate returned " + std::to_string(result));
    return out.size() - stream_.avail_out;
  }

 private:
  isal_zstream stream_;
  std::vector<std::uint8_t> buffer_ = std::vector<std::uint8_t>(level_buffer_bytes);
};

}  // namespace

std::unique_ptr<BlockCompressor> make_isal_compressor() { return std::make_unique<IsalCompressor>(); }

}  // namespace tessera::codec

#else

namespace tessera::codec {
std::unique_ptr<BlockCompressor> make_isal_compressor() { return nullptr; }
}  // namespace tessera::codec

#endif
