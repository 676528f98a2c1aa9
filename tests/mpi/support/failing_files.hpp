#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include <tessera/error.hpp>

#include "storage/file.hpp"
#include "support/passing_file.hpp"

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
  class Failing : public PassingFile {
   public:
    using PassingFile::PassingFile;
    void write(std::uint64_t offset, std::span<const std::byte> bytes) override {
      if (fail) throw tessera::Error(tessera::ErrorCode::storage, "writing failed, as the test wants it");
      PassingFile::write(offset, bytes);
    }
  };
};

}  // namespace tessera_test
