#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <thread>
#include <utility>

#include "storage/file.hpp"
#include "support/passing_file.hpp"

namespace tessera_test {

/// While it lives, so many writes to files that are opened take long.
class SlowFiles {
 public:
  explicit SlowFiles(std::chrono::milliseconds delay) {
    tessera::storage::set_wrapper([delay](auto file) { return std::make_unique<Slow>(std::move(file), delay); });
  }
  ~SlowFiles() {
    writes = 0;
    tessera::storage::set_wrapper({});
  }
  SlowFiles(const SlowFiles&) = delete;
  SlowFiles& operator=(const SlowFiles&) = delete;
  static inline std::atomic<int> writes = 0;  ///< to come that are slow; any thread

 private:
  class Slow : public PassingFile {
   public:
    Slow(std::unique_ptr<File> file, std::chrono::milliseconds delay) : PassingFile(std::move(file)), delay_(delay) {}
    void write(std::uint64_t offset, std::span<const std::byte> bytes) override {
      if (writes > 0 && writes-- > 0) std::this_thread::sleep_for(delay_);
      PassingFile::write(offset, bytes);
    }

   private:
    std::chrono::milliseconds delay_;
  };
};

}  // namespace tessera_test
