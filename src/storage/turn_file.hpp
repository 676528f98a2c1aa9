#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

#include "storage/file.hpp"
#include "storage/requests.hpp"
#include "storage/turns.hpp"

namespace tessera::storage {

/// A file to which this process writes when it has a turn, a request at a time; all else goes to the file at once.
/// Writes by any thread, as far as the file takes them.
class TurnFile : public File {
 public:
  TurnFile(File& file, std::span<std::byte> turns, std::size_t first) noexcept : file_(file), turns_(turns, first) {}

  void write(std::uint64_t offset, std::span<const std::byte> bytes) override {
    const auto turn = turns_.take();
    file_.write(offset, bytes);
  }
  void write_parts(std::uint64_t offset, std::span<const std::span<const std::byte>> parts) override {
    while (!parts.empty()) {
      const Request request = next_request(parts);
      const auto turn = turns_.take();
      file_.write_parts(offset, parts.first(request.parts));
      offset += request.bytes;
      parts = parts.subspan(request.parts);
    }
  }
  void read(std::uint64_t offset, std::span<std::byte> bytes) override { file_.read(offset, bytes); }
  void grow(std::uint64_t size) override { file_.grow(size); }
  void truncate(std::uint64_t size) override { file_.truncate(size); }
  void sync() override { file_.sync(); }
  void start_sync(std::uint64_t offset, std::uint64_t size) override { file_.start_sync(offset, size); }
  bool readers_noticed() override { return file_.readers_noticed(); }
  bool is_alone_by(std::chrono::steady_clock::time_point until) override { return file_.is_alone_by(until); }
  void give_opening(const OpeningGiver& giver) noexcept override { file_.give_opening(giver); }
  void take_opening(const OpeningTaker& taker) noexcept override { file_.take_opening(taker); }
  void require_intact(std::uint64_t size, std::span<const Mark> marks) override { file_.require_intact(size, marks); }
  void close() override { file_.close(); }

  /// Requests that were written without a turn, since it took too long.
  std::uint64_t without_turn() const noexcept { return turns_.without(); }

 private:
  File& file_;
  Turns turns_;
};

}  // namespace tessera::storage
