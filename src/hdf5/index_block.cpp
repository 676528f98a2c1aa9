#include "hdf5/index_block.hpp"

#include <algorithm>
#include <string>

#include <tessera/error.hpp>

#include "hdf5/lookup3.hpp"

namespace tessera::hdf5 {

namespace {

constexpr std::size_t checksum_bytes = 4;

std::vector<std::byte> read_block(IndexSource& source, std::uint64_t address, std::uint64_t bytes,
                                  std::string_view name) {
  const std::uint64_t begin = source.base + address;
  if (begin < address || begin > source.length || bytes > source.length - begin) {
    damaged_index(name, address, "it reaches beyond the file's end at " + std::to_string(source.length));
  }
  std::vector<std::byte> result(bytes);
  source.read(begin, result);
  source.blocks.push_back({begin, bytes});
  return result;
}

}  // namespace

void damaged_index(std::string_view block, std::uint64_t address, std::string_view why) {
  throw Error(ErrorCode::hdf5, "the block " + std::string(block) + " of the chunk index at byte " +
                                   std::to_string(address) + " is damaged: " + std::string(why));
}

std::uint64_t Cursor::number(std::size_t bytes) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = std::min(bytes, bytes_.size()); i-- > 0;) {
    value = value << 8 | std::to_integer<std::uint64_t>(bytes_[i]);
  }
  skip(bytes);
  return value;
}

void Cursor::skip(std::size_t bytes) noexcept { bytes_ = bytes_.subspan(std::min(bytes, bytes_.size())); }

IndexBlock::IndexBlock(IndexSource& source, std::uint64_t address, std::uint64_t bytes, std::string_view signature,
                       Checksum checksum)
    : bytes_(read_block(source, address, bytes, signature.empty() ? "of elements" : signature)),
      signature_bytes_(signature.size()) {
  const std::string_view name = signature.empty() ? "of elements" : signature;
  if (bytes_.size() < signature.size() + (checksum == Checksum::at_end ? checksum_bytes : 0)) {
    damaged_index(name, address, "it is too short");
  }
  const auto same = [](char a, std::byte b) { return static_cast<std::byte>(a) == b; };
  if (!std::ranges::equal(signature, std::span(bytes_).first(signature.size()), same)) {
    damaged_index(name, address, "its signature is wrong");
  }
  if (checksum == Checksum::none) return;
  const std::span<const std::byte> content = std::span(bytes_).first(bytes_.size() - checksum_bytes);
  if (Cursor(std::span(bytes_).last(checksum_bytes)).number(checksum_bytes) != lookup3(content)) {
    damaged_index(name, address, "its checksum is wrong");
  }
}

}  // namespace tessera::hdf5
