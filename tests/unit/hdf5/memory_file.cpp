#include "memory_file.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <tessera/error.hpp>

namespace tessera::hdf5 {

void MemoryFile::write(std::uint64_t offset, std::span<const std::byte> content) {
  if (fails) throw Error(ErrorCode::storage, "no space left");
  writes.push_back({offset, content.size(), length});
  length = std::max(length, offset + content.size());
  if (offset > bytes.size() + (1u << 20)) {
    behind_hole = {offset, {content.begin(), content.end()}};
    return;
  }
  if (bytes.size() < offset + content.size()) bytes.resize(offset + content.size());
  std::copy(content.begin(), content.end(), bytes.begin() + static_cast<std::ptrdiff_t>(offset));
}

void MemoryFile::read(std::uint64_t offset, std::span<std::byte> out) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = offset + i < bytes.size() ? bytes[offset + i] : std::byte{0};
}

void MemoryFile::grow(std::uint64_t size) { length = std::max(length, size); }

void MemoryFile::truncate(std::uint64_t size) {
  length = std::min(length, size);
  bytes.resize(std::min<std::size_t>(bytes.size(), size));
}

std::vector<std::byte> MemoryFile::content() const {
  std::vector<std::byte> result = bytes;
  result.resize(length);
  return result;
}

void MemoryFile::save(const std::string& path) const {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  file.close();
  std::filesystem::resize_file(path, length);
}

}  // namespace tessera::hdf5
