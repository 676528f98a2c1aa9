#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>

#include "codec/block_compressor.hpp"

namespace tessera::codec {

/// The compressors of one encoder, made when first used.
class Compressors {
 public:
  /// \param libraries those that may be used beside zlib
  explicit Compressors(Libraries libraries) : libraries_(libraries) {}

  Libraries libraries() const noexcept { return libraries_; }
  /// \throws Error internal for a library that may not be used
  BlockCompressor& of(Library library);

 private:
  Libraries libraries_;
  std::array<std::unique_ptr<BlockCompressor>, 4> compressors_;
};

/// Puts one zlib stream together from blocks of different origin. After a call that returned false, for lack of space,
/// nothing more may be added.
class ZlibStream {
 public:
  ZlibStream(std::span<std::byte> out, Compressors& compressors) : out_(out), compressors_(compressors) {}

  [[nodiscard]] bool begin();
  /// Appends `bytes`, 1 or more. \param last nothing follows
  [[nodiscard]] bool add(std::span<const std::byte> bytes, Method method, bool last);
  /// \param adler32 of all bytes
  [[nodiscard]] bool end(std::uint32_t adler32);
  std::size_t size() const noexcept { return size_; }

  /// The most bytes of a stored block (RFC 1951, section 3.2.4).
  static constexpr std::size_t max_stored_bytes = 65535;
  /// Bytes of a stream whose blocks are all stored ones, and but for the last as long as can be.
  static std::size_t stored_bytes(std::size_t bytes) noexcept;

 private:
  bool add_stored(std::span<const std::byte> bytes, bool last);
  std::span<std::byte> rest() const noexcept { return out_.subspan(size_); }

  std::span<std::byte> out_;
  Compressors& compressors_;
  std::size_t size_ = 0;
};

}  // namespace tessera::codec
