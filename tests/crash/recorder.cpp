#include "recorder.hpp"

#include <array>
#include <chrono>
#include <cstdlib>
#include <mutex>

namespace tessera::crash {

namespace {

class Trace {
 public:
  explicit Trace(const std::string& path) : file_(std::fopen(path.c_str(), "wb")) {
    if (file_ == nullptr) std::abort();
  }
  ~Trace() { std::fclose(file_); }
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

  void add(Kind kind, std::uint64_t offset, std::span<const std::byte> bytes) {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    const auto time = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
    const std::array<std::uint64_t, 4> head{static_cast<std::uint64_t>(time), static_cast<std::uint64_t>(kind), offset,
                                            bytes.size()};
    const std::lock_guard lock(mutex_);
    std::fwrite(head.data(), sizeof head, 1, file_);
    if (!bytes.empty()) std::fwrite(bytes.data(), 1, bytes.size(), file_);
    std::fflush(file_);
  }

 private:
  std::mutex mutex_;  ///< threads write steps that are in flight
  std::FILE* file_;
};

class RecordedFile : public storage::File {
 public:
  RecordedFile(std::unique_ptr<storage::File> file, std::shared_ptr<Trace> trace)
      : file_(std::move(file)), trace_(std::move(trace)) {}

  void write(std::uint64_t offset, std::span<const std::byte> bytes) override {
    trace_->add(Kind::write, offset, bytes);
    file_->write(offset, bytes);
  }
  void read(std::uint64_t offset, std::span<std::byte> bytes) override { file_->read(offset, bytes); }
  void grow(std::uint64_t size) override {
    trace_->add(Kind::grow, size, {});
    file_->grow(size);
  }
  void truncate(std::uint64_t size) override {
    trace_->add(Kind::truncate, size, {});
    file_->truncate(size);
  }
  void sync() override {
    file_->sync();
    trace_->add(Kind::sync, 0, {});
  }
  void require_intact(std::uint64_t least, std::span<const storage::Mark> marks) override {
    file_->require_intact(least, marks);
  }
  void close() override { file_->close(); }

 private:
  std::unique_ptr<storage::File> file_;
  std::shared_ptr<Trace> trace_;
};

}  // namespace

void record_to(const std::string& trace) {
  auto shared = std::make_shared<Trace>(trace);
  storage::set_wrapper([shared](std::unique_ptr<storage::File> file) -> std::unique_ptr<storage::File> {
    return std::make_unique<RecordedFile>(std::move(file), shared);
  });
}

}  // namespace tessera::crash
