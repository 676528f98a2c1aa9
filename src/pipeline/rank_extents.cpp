#include "pipeline/rank_extents.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <new>
#include <numeric>
#include <thread>
#include <type_traits>

namespace tessera::pipeline {

namespace {

using Clock = std::chrono::steady_clock;

/// What is done under the lock takes microseconds; so long, and whoever is at it has been stopped or has died.
constexpr std::chrono::seconds patience{1};

void take_from(std::uint64_t& what, std::uint64_t bytes) noexcept { what -= std::min(what, bytes); }

void add_to(SizeEstimates::Expected& all, const SizeEstimates::Expected& one) noexcept {
  all.bytes += one.bytes;
  all.likely += one.likely;
  all.chunks += one.chunks;
  all.largest = std::max(all.largest, one.largest);
  all.high = std::max(all.high, one.high);
  if (one.low > 0) all.low = all.low == 0 ? one.low : std::min(all.low, one.low);
}

}  // namespace

/// In memory that processes share, which a mutex of the standard library cannot be in.
class RankExtents::Lock {
 public:
  Lock(Memory& memory, bool waits_for_ever) noexcept : memory_(memory) {
    static_assert(std::atomic<std::uint32_t>::is_always_lock_free, "or processes could not share it");
    const auto until = Clock::now() + patience;
    while (!try_lock()) {
      if (!waits_for_ever && Clock::now() > until) memory_.is_given_up.store(1, std::memory_order_relaxed);
      if (memory_.is_given_up.load(std::memory_order_relaxed) != 0) return;
      std::this_thread::yield();
    }
  }
  ~Lock() {
    if (holds_) memory_.is_locked.store(0, std::memory_order_release);
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  bool holds() const noexcept { return holds_ && memory_.is_given_up.load(std::memory_order_relaxed) == 0; }

 private:
  bool try_lock() noexcept { return holds_ = memory_.is_locked.exchange(1, std::memory_order_acquire) == 0; }

  Memory& memory_;
  bool holds_ = false;
};

std::size_t RankExtents::shared_bytes(std::size_t ranks) noexcept { return sizeof(Memory) + ranks * sizeof(Said); }

bool RankExtents::make_shared(std::span<std::byte> memory) noexcept {
  static_assert(std::is_trivially_copyable_v<Said> && alignof(Said) <= alignof(Memory));
  auto* made = new (memory.data()) Memory;
  const std::size_t ranks = (memory.size() - sizeof(Memory)) / sizeof(Said);
  std::uninitialized_value_construct_n(said_of(*made), ranks);
  return true;
}

RankExtents::Said* RankExtents::said_of(Memory& memory) noexcept {
  return reinterpret_cast<Said*>(reinterpret_cast<std::byte*>(&memory) + sizeof(Memory));
}

void RankExtents::share(std::span<std::byte> memory, std::size_t number) noexcept {
  ranks_ = (memory.size() - sizeof(Memory)) / sizeof(Said);
  number_ = number;
  shared_ = std::launder(reinterpret_cast<Memory*>(memory.data()));
}

/// With what is shared, as long as nobody gives it up.
template <class Action>
auto RankExtents::locked(Action&& action) const {
  if (Memory* memory = shared_.load(std::memory_order_relaxed)) {
    const Lock lock(*memory, false);
    const std::span<Said> said(std::launder(said_of(*memory)), ranks_);
    if (lock.holds()) return action(View{*memory, said, said[number_]});
    shared_.store(nullptr, std::memory_order_relaxed);
  }
  const Lock lock(own_, true);
  return action(View{own_, std::span(&own_said_, 1), own_said_});
}

void RankExtents::add(const hdf5::Extent& extent) noexcept {
  locked([&](const View& view) { view.memory.now.add(extent); });
}

void RankExtents::expect_pieces(std::uint64_t smallest, std::uint64_t largest) noexcept {
  locked([&](const View& view) { view.memory.now.expect_pieces(smallest, largest); });
}

std::optional<std::uint64_t> RankExtents::take(std::uint64_t size) noexcept {
  return locked([&](const View& view) { return view.memory.now.take(size); });
}

std::optional<RankExtents::Run> RankExtents::take_run(std::span<Piece> pieces) noexcept {
  return locked([&](const View& view) {
    const auto run = view.memory.now.take_run(pieces);
    if (!run) return run;
    const auto taken = pieces.first(run->count);
    const std::uint64_t bytes = std::accumulate(taken.begin(), taken.end(), std::uint64_t{0},
                                                [](std::uint64_t sum, const Piece& one) { return sum + one.bytes; });
    take_from(view.own.next.bytes, bytes);
    take_from(view.own.next.likely, bytes);
    take_from(view.own.next.chunks, run->count);
    return run;
  });
}

std::uint64_t RankExtents::bytes() const noexcept {
  return locked([](const View& view) { return view.memory.now.bytes(); });
}

RankExtents::Room RankExtents::room(std::uint64_t piece) const noexcept {
  return locked([&](const View& view) { return view.memory.now.room(piece); });
}

/// The last one of a gather that asks sees what all have said.
std::uint64_t RankExtents::ask(const SizeEstimates::Expected& next, std::uint64_t stored, Missing missing) noexcept {
  return locked([&](const View& view) {
    view.own = {next, stored, 0};
    Said all;
    for (const Said& one : view.said) {
      add_to(all.next, one.next);
      all.stored += one.stored;
      all.asked += one.asked;
    }
    FileParts& parts = view.memory.now;
    parts.expect_pieces(all.next.low, all.next.high);
    // What others have asked for will be next to this, or to what some of them have got already.
    const bool will_do = all.asked > 0 && missing(all.next, parts.room(all.next.largest, all.asked), all.stored) == 0;
    const std::uint64_t more = will_do ? 0 : missing(all.next, parts.room(all.next.largest), all.stored);
    return view.own.asked = more - std::min(more, all.asked);
  });
}

void RankExtents::answered() noexcept {
  locked([](const View& view) { view.own.asked = 0; });
}

std::uint64_t RankExtents::largest(std::span<hdf5::Extent> parts) noexcept {
  std::ranges::fill(parts, hdf5::Extent{});
  return locked([&](const View& view) {
    return &view.own == view.said.data() ? view.memory.now.largest(parts) : std::uint64_t{0};
  });
}

void RankExtents::clear() noexcept {
  locked([](const View& view) {
    view.memory.now.clear();
    view.memory.kept.clear();
    view.own = {{}, view.own.stored, 0};
  });
}

void RankExtents::keep(std::uint64_t commit) noexcept {
  locked([&](const View& view) {
    if (view.memory.kept_at == commit) return;
    view.memory.kept_at = commit;
    view.memory.kept.take_over(view.memory.now);
  });
}

void RankExtents::restore() noexcept {
  locked([](const View& view) {
    view.memory.now.take_over(view.memory.kept);
    view.own = {{}, view.own.stored, 0};
  });
}

}  // namespace tessera::pipeline
