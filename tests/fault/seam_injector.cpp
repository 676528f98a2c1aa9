#include "fault.hpp"

#include <mutex>
#include <optional>

#include "hdf5/free_record.hpp"
#include "storage/check.hpp"
#include "storage/file.hpp"

/// \file
/// Faults in the storage layer of this process: the calls of storage::File, and those that make and name files.

namespace tessera::fault {

namespace {

class Seam : public Injector {
 public:
  void arm(const Fault* fault) override {
    counts_ = {};
    fired_ = false;
    fault_.reset();
    if (fault != nullptr) fault_ = *fault;
  }
  void disarm() override { fault_.reset(); }
  bool fired() const override { return fired_; }
  Counts counts() const override { return counts_; }

  /// Counts a call; the effect where it has to fail.
  std::optional<Effect> next(Kind kind) {
    const std::lock_guard lock(mutex_);
    const long own = ++counts_[static_cast<std::size_t>(kind)];
    const long any = ++counts_[static_cast<std::size_t>(Kind::any)];
    if (!fault_ || (fault_->kind != Kind::any && fault_->kind != kind)) return std::nullopt;
    const long number = fault_->kind == Kind::any ? any : own;
    if (fault_->persistent ? number < fault_->n : number != fault_->n) return std::nullopt;
    fired_ = true;
    return fault_->effect;
  }

  /// The error as the storage layer makes it.
  [[noreturn]] void fail(const char* call, const std::string& path) const {
    throw storage::system_error(call, path, fault_->error);
  }

 private:
  std::mutex mutex_;  ///< threads write steps that are in flight
  std::optional<Fault> fault_;
  Counts counts_{};
  bool fired_ = false;
};

Seam& seam() {
  static Seam instance;
  return instance;
}

class FaultyFile : public storage::File {
 public:
  explicit FaultyFile(std::unique_ptr<storage::File> file) : file_(std::move(file)) {}

  void write(std::uint64_t offset, std::span<const std::byte> bytes) override {
    // The record of free space is like the hole: it may do without once the step is published.
    const Kind kind = offset == hdf5::FreeRecord::offset ? Kind::grow : Kind::write;
    call(kind, "writing", [&](bool half) {
      if (half && offset == 0) return;
      file_->write(offset, half ? bytes.first(bytes.size() / 2) : bytes);
    });
  }
  void read(std::uint64_t offset, std::span<std::byte> bytes) override {
    call(Kind::read, "reading", [&](bool) { file_->read(offset, bytes); });
  }
  void grow(std::uint64_t size) override {
    call(Kind::grow, "growing", [&](bool) { file_->grow(size); });
  }
  void truncate(std::uint64_t size) override {
    call(Kind::truncate, "truncating", [&](bool) { file_->truncate(size); });
  }
  void sync() override {
    call(Kind::sync, "syncing", [&](bool) { file_->sync(); });
  }
  bool readers_noticed() override { return file_->readers_noticed(); }
  void require_intact(std::uint64_t least, std::span<const storage::Mark> marks) override {
    file_->require_intact(least, marks);
  }
  void close() override {
    call(Kind::close, "closing", [&](bool) { file_->close(); });
  }

 private:
  template <class Action>
  void call(Kind kind, const char* name, Action&& action) {
    const auto effect = seam().next(kind);
    if (!effect) return action(false);
    if (*effect == Effect::half) action(true);
    if (*effect == Effect::all) action(false);
    seam().fail(name, "the test's file");
  }

  std::unique_ptr<storage::File> file_;
};

void gate(storage::Act act, const std::string& path) {
  static constexpr std::pair<Kind, const char*> calls[] = {{Kind::open, "opening"},
                                                           {Kind::create, "creating"},
                                                           {Kind::publish, "naming"},
                                                           {Kind::sync_directory, "syncing"}};
  const auto& [kind, name] = calls[static_cast<int>(act)];
  if (seam().next(kind)) seam().fail(name, path);
}

}  // namespace

Injector& seam_injector() {
  storage::set_wrapper([](std::unique_ptr<storage::File> file) -> std::unique_ptr<storage::File> {
    return std::make_unique<FaultyFile>(std::move(file));
  });
  storage::set_gate(gate);
  return seam();
}

}  // namespace tessera::fault
