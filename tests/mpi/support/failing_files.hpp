#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include <tessera/error.hpp>

#include "storage/file.hpp"

namespace tessera_test {

/// While it lives, files that are opened cannot be written to on ranks that say so.
class FailingFiles {
 public:
  FailingFiles() {
    tessera::storage::set_wrapper([](auto file) { return std::make_unique<Failing>(std::move(file)); });
  }
  ~FailingFiles() {
    fail = false;
    tessera::storage::set_wrapper({});
  }
  FailingFiles(const FailingFiles&) = delete;
  FailingFiles& operator=(const FailingFiles&) = delete;

  static inline std::atomic<bool> fail = false;  ///< any thread

 private:
  class Failing : public tessera::storage::File {
   public:
    explicit Failing(std::unique_ptr<File> file) : file_(std::move(file)) {}
    void write(std::uint64_t offset, std::span<const std::byte> bytes) override {
      if (fail) throw tessera::Error(tessera::ErrorCode::storage, "writing failed, as the test wants it");
      file_->write(offset, bytes);
    }
    void read(std::uint64_t offset, std::span<std::byte> bytes) override { file_->read(offset, bytes); }
    void grow(std::uint64_t size) override { file_->grow(size); }
    void truncate(std::uint64_t size) override { file_->truncate(size); }
    void sync() override { file_->sync(); }
    void close() override { file_->close(); }

   private:
    std::unique_ptr<File> file_;
  };
};

}  // namespace tessera_test
