#include "codec/inflate.hpp"

#if defined(TESSERA_HAVE_LIBDEFLATE)
#include <libdeflate.h>
#else
#include <zlib.h>
#endif

#include <algorithm>
#include <limits>
#include <new>

#include <tessera/error.hpp>

namespace tessera::codec {

namespace {

[[noreturn]] void damaged() {
  throw Error(ErrorCode::hdf5, "its zlib stream is damaged, or does not have the size of the chunk");
}

}  // namespace

#if defined(TESSERA_HAVE_LIBDEFLATE)

struct Inflater::State {
  libdeflate_decompressor* library = libdeflate_alloc_decompressor();
};

Inflater::Inflater() : state_(std::make_unique<State>()) {
  if (state_->library == nullptr) throw std::bad_alloc();
}

Inflater::~Inflater() { libdeflate_free_decompressor(state_->library); }

void Inflater::inflate(std::span<const std::byte> stream, std::span<std::byte> bytes) {
  const libdeflate_result result =
      libdeflate_zlib_decompress(state_->library, stream.data(), stream.size(), bytes.data(), bytes.size(), nullptr);
  if (result != LIBDEFLATE_SUCCESS) damaged();
}

#else

struct Inflater::State {
  z_stream stream{};
};

Inflater::Inflater() : state_(std::make_unique<State>()) {
  if (inflateInit(&state_->stream) != Z_OK) throw std::bad_alloc();
}

Inflater::~Inflater() { inflateEnd(&state_->stream); }

void Inflater::inflate(std::span<const std::byte> in, std::span<std::byte> out) {
  z_stream& stream = state_->stream;
  if (inflateReset(&stream) != Z_OK) damaged();
  constexpr std::size_t most = std::numeric_limits<uInt>::max();  // zlib counts in unsigned int
  int result = Z_OK;
  stream.avail_in = 0;
  stream.avail_out = 0;
  do {
    if (stream.avail_in == 0) {
      stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(in.data()));
      stream.avail_in = static_cast<uInt>(std::min(in.size(), most));
      in = in.subspan(stream.avail_in);
    }
    if (stream.avail_out == 0) {
      stream.next_out = reinterpret_cast<Bytef*>(out.data());
      stream.avail_out = static_cast<uInt>(std::min(out.size(), most));
      out = out.subspan(stream.avail_out);
    }
    result = ::inflate(&stream, Z_NO_FLUSH);
  } while (result == Z_OK && (stream.avail_in > 0 || !in.empty() || stream.avail_out > 0 || !out.empty()));
  if (result != Z_STREAM_END || stream.avail_out > 0 || !out.empty()) damaged();
}

#endif

}  // namespace tessera::codec
