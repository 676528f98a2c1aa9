#include <dlfcn.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>

#include "storage/file.hpp"
#include "support/passing_file.hpp"
#include "support/test_file.hpp"

/// \file
/// One rank that is slow for a while: in copying from a device, in writing, or in one of its threads that encode. All
/// others wait no longer than they must, nothing hangs, and the values are right: with commits that wait, and with
/// several in flight.

using namespace tessera_test;
using tessera::Box;
using tessera::Index;

namespace {

constexpr auto delay = std::chrono::milliseconds(2);

/// The first thread of the slow rank that compresses anything.
class SlowThread {
 public:
  static void begin() {
    thread_.store({});
    is_on_ = true;
  }
  /// \returns how often it was slow
  static int end() {
    is_on_ = false;
    return calls_.exchange(0);
  }
  static void at_work() {
    if (!is_on_) return;
    const std::thread::id own = std::this_thread::get_id();
    std::thread::id slow{};
    if (!thread_.compare_exchange_strong(slow, own) && slow != own) return;
    ++calls_;
    std::this_thread::sleep_for(delay);
  }

 private:
  static inline std::atomic<bool> is_on_ = false;
  static inline std::atomic<int> calls_ = 0;
  static inline std::atomic<std::thread::id> thread_;
};

/// While it lives, files that are opened on this rank take long to write.
class SlowFiles {
 public:
  SlowFiles() {
    tessera::storage::set_wrapper([](auto file) { return std::make_unique<Slow>(std::move(file)); });
  }
  ~SlowFiles() { tessera::storage::set_wrapper({}); }
  SlowFiles(const SlowFiles&) = delete;
  SlowFiles& operator=(const SlowFiles&) = delete;

 private:
  class Slow : public PassingFile {
   public:
    using PassingFile::PassingFile;
    void write(std::uint64_t offset, std::span<const std::byte> bytes) override {
      std::this_thread::sleep_for(delay);
      PassingFile::write(offset, bytes);
    }
  };
};

/// A field whose chunks follow the ranks' slabs and one whose chunks ranks share.
class Output {
 public:
  explicit Output(const std::string& suffix)
      : file_({.threads = 3, .steps_in_flight = 2}, suffix), run_(file_.run("run")),
        own_(run_.field<double>("own", tessera::Grid{shape_}, {.chunk = {8, 16, 16}})),
        shared_(run_.field<double>("shared", tessera::Grid{shape_}, {.chunk = {7, 16, 32}})) {}

  /// \param copy_time of each host copy; nothing: memory that can be read
  void commit(bool waits, std::optional<std::chrono::milliseconds> copy_time = {}) {
    auto step = run_.step(time_ += 1);
    const Blocks blocks = slabs(shape_, file_.size());
    for (const auto* field : {&own_, &shared_}) {
      for (const Box& box : blocks[static_cast<std::size_t>(file_.rank())]) {
        const auto array = filled_array<double>(box, {}, 1, field->expected->seed, step.formula_step(*field));
        if (!copy_time) {
          step.raw().put(field->handle, box, array);
          continue;
        }
        step.raw().put(field->handle, box, array.with_host_copy([array, time = *copy_time] {
          std::this_thread::sleep_for(time);
          return std::shared_ptr<const double>(std::make_shared<decltype(array)>(array), array.data());
        }));
      }
      step.expect(*field, flat(blocks));
    }
    EXPECT_NO_THROW(waits ? step.commit() : step.commit_async());
  }
  void close() { EXPECT_NO_THROW(file_.close()); }

 private:
  Index shape_{32, 16, 32};
  TestFile file_;
  TestRun run_;
  TestField<double> own_;
  TestField<double> shared_;
  double time_ = 0;
};

constexpr int steps = 7;  // the last ones have space ahead of time

/// For each rank, and commits that wait and do not.
template <class Work>
void for_each_slow_rank(Work&& work) {
  for (int slow = 0; slow < world_size(); ++slow) {
    for (const bool waits : {true, false}) {
      work("_" + std::to_string(slow) + (waits ? "_waiting" : "_in_flight"), slow == world_rank(), waits);
    }
  }
}

TEST(SlowRank, InItsHostCopies) {
  for_each_slow_rank([](const std::string& suffix, bool is_slow, bool waits) {
    Output output(suffix);
    for (int n = 0; n < steps; ++n) output.commit(waits, is_slow ? 5 * delay : 0 * delay);
    output.close();
  });
}

TEST(SlowRank, InItsWrites) {
  for_each_slow_rank([](const std::string& suffix, bool is_slow, bool waits) {
    std::optional<SlowFiles> slow;
    if (is_slow) slow.emplace();
    Output output(suffix);
    for (int n = 0; n < steps; ++n) output.commit(waits);
    output.close();
  });
}

TEST(SlowRank, InOneThreadThatEncodes) {
  for_each_slow_rank([](const std::string& suffix, bool is_slow, bool waits) {
    Output output(suffix);
    if (is_slow) SlowThread::begin();
    for (int n = 0; n < steps; ++n) output.commit(waits);
    output.close();
    const int calls = SlowThread::end();
    EXPECT_EQ(calls > 0, is_slow && (TESSERA_TEST_HAS_ISAL || TESSERA_TEST_HAS_LIBDEFLATE));
  });
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

// They stand before those of the libraries, where Tessera uses these.
extern "C" {

#if TESSERA_TEST_HAS_ISAL
int isal_deflate_stateless(void* stream) {
  static auto* const compress = next<int(void*)>("isal_deflate_stateless");
  SlowThread::at_work();
  return compress(stream);
}
#endif

#if TESSERA_TEST_HAS_LIBDEFLATE
std::size_t libdeflate_deflate_compress(void* compressor, const void* in, std::size_t in_bytes, void* out,
                                        std::size_t out_bytes) {
  static auto* const compress =
      next<std::size_t(void*, const void*, std::size_t, void*, std::size_t)>("libdeflate_deflate_compress");
  SlowThread::at_work();
  return compress(compressor, in, in_bytes, out, out_bytes);
}
#endif
}
