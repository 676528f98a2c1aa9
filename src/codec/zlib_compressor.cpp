#include <zlib.h>

#include <string>

#include <tessera/error.hpp>

#include "base/narrow.hpp"
#include "codec/block_compressor.hpp"

namespace tessera::codec {

namespace {

class ZlibCompressor final : public BlockCompressor {
 public:
  ~ZlibCompressor() override {
    if (ready_) deflateEnd(&stream_);
  }

  std::size_t compress(std::span<const std::byte> bytes, Method method, bool last, std::span<std::byte> out) override {
    prepare(method);
    // zlib's interface wants its input mutable and does not write to it.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));
    stream_.avail_in = narrow<uInt>(bytes.size(), "bytes to deflate");
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = narrow<uInt>(out.size(), "room for deflate");
    const int result = deflate(&stream_, last ? Z_FINISH : Z_FULL_FLUSH);
    // A flush is complete only when room is left.
    const bool complete = last ? result == Z_STREAM_END : result == Z_OK && stream_.avail_out > 0;
    return complete ? out.size() - stream_.avail_out : 0;
  }

 private:
  void prepare(Method method) {
    if (!ready_ || method != method_) {
      if (ready_) deflateEnd(&stream_);
      ready_ = false;
      const int strategy = method.window_bits == 1 ? Z_RLE : Z_DEFAULT_STRATEGY;
      constexpr int raw = -15;
      constexpr int memory = 8;
      const int result = deflateInit2(&stream_, method.level, Z_DEFLATED, raw, memory, strategy);
      if (result == Z_MEM_ERROR) throw Error(ErrorCode::out_of_memory, "no memory for zlib");
      if (result != Z_OK) throw Error(ErrorCode::internal, "zlib: deflateInit2 returned " + std::to_string(result));
      ready_ = true;
      method_ = method;
    } else {
      deflateReset(&stream_);
    }
  }

  z_stream stream_{};
  Method method_;
  bool ready_ = false;
};

}  // namespace

std::unique_ptr<BlockCompressor> make_zlib_compressor() { return std::make_unique<ZlibCompressor>(); }

}  // namespace tessera::codec
