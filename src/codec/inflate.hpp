#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace tessera::codec {

/// Decompresses zlib streams, by libdeflate where that is there, else by zlib. One thread at a time.
class Inflater {
 public:
  Inflater();
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// A whole stream, which is to become exactly `bytes`; its checksum is looked at.
  /// \throws Error hdf5 where the stream is damaged or has another size
  void inflate(std::span<const std::byte> stream, std::span<std::byte> bytes);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tessera::codec
