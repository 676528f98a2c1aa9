#include "codec/block_compressor.hpp"

#ifdef TESSERA_HAVE_LIBDEFLATE

#include <libdeflate.h>

#include <tessera/error.hpp>

namespace tessera::codec {

namespace {

struct Free {
  void operator()(libdeflate_compressor* compressor) const noexcept { libdeflate_free_compressor(compressor); }
};

class LibdeflateCompressor final : public BlockCompressor {
 public:
  std::size_t compress(std::span<const std::byte> bytes, Method method, bool last, std::span<std::byte> out) override {
    if (!last) throw Error(ErrorCode::internal, "libdeflate can only end a stream");
    if (!compressor_ || method != method_) {
      compressor_.reset();
      compressor_.reset(libdeflate_alloc_compressor(method.level));
      if (!compressor_) throw Error(ErrorCode::out_of_memory, "no memory for libdeflate");
      method_ = method;
    }
    return libdeflate_deflate_compress(compressor_.get(), bytes.data(), bytes.size(), out.data(), out.size());
  }

 private:
  std::unique_ptr<libdeflate_compressor, Free> compressor_;
  Method method_;
};

}  // namespace

std::unique_ptr<BlockCompressor> make_libdeflate_compressor() { return std::make_unique<LibdeflateCompressor>(); }

}  // namespace tessera::codec

#else

namespace tessera::codec {
std::unique_ptr<BlockCompressor> make_libdeflate_compressor() { return nullptr; }
}  // namespace tessera::codec

#endif
