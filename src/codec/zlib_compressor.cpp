#include <zlib.h>

#include <algorithm>
#include <string>
#include <vector>

#include <tessera/error.hpp>

#include "base/narrow.hpp"
#include "codec/block_compressor.hpp"

namespace tessera::codec {

namespace {

/// A deflate state for one method; zlib keeps its address.
class Stream {
 public:
  explicit Stream(Method method) : method_(method) {
    const int strategy = method.window_bits == 1 ? Z_RLE : Z_DEFAULT_STRATEGY;
    constexpr int raw = -15;
    constexpr int memory = 8;
    const int result = deflateInit2(&state_, method.level, Z_DEFLATED, raw, memory, strategy);
    if (result == Z_MEM_ERROR) throw Error(ErrorCode::out_of_memory, "no memory for zlib");
    if (result != Z_OK) throw Error(ErrorCode::internal, "zlib: deflateInit2 returned " + std::to_string(result));
  }
  ~Stream() { deflateEnd(&state_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  Method method() const noexcept { return method_; }

  std::size_t compress(std::span<const std::byte> bytes, bool last, std::span<std::byte> out) {
    deflateReset(&state_);
    // zlib's interface wants its input mutable and does not write to it.
    state_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));
    state_.avail_in = narrow<uInt>(bytes.size(), "bytes to deflate");
    state_.next_out = reinterpret_cast<Bytef*>(out.data());
    state_.avail_out = narrow<uInt>(out.size(), "the output buffer of deflate");
    const int result = deflate(&state_, last ? Z_FINISH : Z_FULL_FLUSH);
    // A flush is complete only when space is left.
    const bool complete = last ? result == Z_STREAM_END : result == Z_OK && state_.avail_out > 0;
    return complete ? out.size() - state_.avail_out : 0;
  }

 private:
  z_stream state_{};
  Method method_;
};

class ZlibCompressor final : public BlockCompressor {
 public:
  std::size_t compress(std::span<const std::byte> bytes, Method method, bool last, std::span<std::byte> out) override {
    const auto found = std::ranges::find(streams_, method, [](const auto& stream) { return stream->method(); });
    if (found != streams_.end()) return (*found)->compress(bytes, last, out);
    streams_.push_back(std::make_unique<Stream>(method));
    return streams_.back()->compress(bytes, last, out);
  }

 private:
  std::vector<std::unique_ptr<Stream>> streams_;
};

}  // namespace

std::unique_ptr<BlockCompressor> make_zlib_compressor() { return std::make_unique<ZlibCompressor>(); }

}  // namespace tessera::codec
