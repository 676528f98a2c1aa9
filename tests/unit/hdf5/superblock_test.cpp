#include "hdf5/superblock.hpp"

#include <gtest/gtest.h>

#include <tessera/error.hpp>

#include "memory_file.hpp"

namespace tessera::hdf5 {
namespace {

constexpr std::array<unsigned char, 8> hdf5_signature{0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

/// A superblock of this version, with base address and end where that one has them.
MemoryFile file_of(unsigned version, std::uint64_t base, std::uint64_t end) {
  MemoryFile file;
  file.bytes.resize(128);
  file.length = 128;
  for (std::size_t i = 0; i < hdf5_signature.size(); ++i) file.bytes[i] = std::byte{hdf5_signature[i]};
  file.bytes[8] = std::byte(version);
  const bool is_old = version < 2;
  file.bytes[is_old ? 13 : 9] = std::byte{8};
  const std::size_t base_at = version == 0 ? 24 : version == 1 ? 28 : 12;
  const auto put = [&](std::size_t at, std::uint64_t number) {
    for (std::size_t i = 0; i < 8; ++i) file.bytes[at + i] = std::byte(number >> 8 * i & 255);
  };
  put(base_at, base);
  put(base_at + 16, end);
  return file;
}

std::string refusal(MemoryFile file) {
  try {
    const Superblock superblock(file);
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing";
}

TEST(SuperblockTest, TellsWhereTheFileEnds) {
  for (const unsigned version : {0u, 1u, 2u, 3u}) {
    MemoryFile file = file_of(version, 0, 0x1234567890);
    const Superblock superblock(file);
    EXPECT_EQ(superblock.end(), 0x1234567890u) << version;
    EXPECT_EQ(superblock.bytes().size(), version == 0 ? 96u : version == 1 ? 100u : 48u);
  }
}

TEST(SuperblockTest, RefusesWhatCannotBeGoneOnWith) {
  EXPECT_NE(refusal(MemoryFile()).find("does not begin as an HDF5 file"), std::string::npos);
  EXPECT_NE(refusal(file_of(4, 0, 100)).find("version 4"), std::string::npos);
  EXPECT_NE(refusal(file_of(3, 512, 100)).find("user block"), std::string::npos);
  MemoryFile narrow = file_of(3, 0, 100);
  narrow.bytes[9] = std::byte{4};
  EXPECT_NE(refusal(narrow).find("8 bytes"), std::string::npos);
}

}  // namespace
}  // namespace tessera::hdf5
