#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "storage/file.hpp"

namespace tessera_test {

/// Passes everything on to another file: a base for files that do one thing in another way.
class PassingFile : public tessera::storage::File {
 public:
  explicit PassingFile(std::unique_ptr<File> file) : file_(std::move(file)) {}
  void write(std::uint64_t offset, std::span<const std::byte> bytes) override { file_->write(offset, bytes); }
  void read(std::uint64_t offset, std::span<std::byte> bytes) override { file_->read(offset, bytes); }
  void grow(std::uint64_t size) override { file_->grow(size); }
  void truncate(std::uint64_t size) override { file_->truncate(size); }
  void sync() override { file_->sync(); }
  void close() override { file_->close(); }

 private:
  std::unique_ptr<File> file_;
};

}  // namespace tessera_test
