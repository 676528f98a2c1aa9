#include "tools/repack/share_chunks.hpp"

#include <algorithm>
#include <optional>

#include "base/attempt.hpp"
#include "base/round_up.hpp"
#include "comm/agree.hpp"
#include "comm/gather.hpp"
#include "comm/node.hpp"
#include "tools/repack/recoder.hpp"
#include "tools/repack/slabs.hpp"

namespace tessera::tools {

namespace {

/// Slabs of a few megabytes, so that there is one for every rank, and for most of them several.
std::uint64_t few_bytes(const std::vector<ChunkTask>& tasks, std::size_t ranks) {
  std::uint64_t bytes = 0;
  for (const ChunkTask& task : tasks) {
    std::uint64_t size = task.element_bytes;
    for (const std::uint64_t extent : task.shape) size *= extent;
    bytes += size;
  }
  return std::clamp<std::uint64_t>(bytes / (8 * ranks), 1 << 16, 16 << 20);
}

/// What ranks tell each other of a chunk.
constexpr std::size_t words = 4;
void tell(std::vector<std::int64_t>& told, std::size_t task, const RecodedChunk& chunk) {
  told.push_back(static_cast<std::int64_t>(task));
  told.push_back(static_cast<std::int64_t>(chunk.number));
  told.push_back(static_cast<std::int64_t>(chunk.bytes.size()));
  told.push_back(static_cast<std::int64_t>(chunk.mask));
}

/// One slab of every rank after the other, in the order of the tasks.
class Share {
 public:
  Share(const comm::Communicator& comm, const storage::ReadOnlyFile& source, storage::File& file,
        const std::vector<ChunkTask>& tasks, std::uint64_t begin)
      : comm_(comm), file_(file), tasks_(tasks), threads_(static_cast<std::size_t>(comm::processors_per_rank(comm))) {
    result_.end = begin;
    attempt(failure_, [&] {
      recoder_.emplace(source, threads_);
      result_.of_task.resize(comm.rank() == 0 ? tasks.size() : 0);
      const std::uint64_t few = few_bytes(tasks, comm.ranks());
      for (const ChunkTask& task : tasks) slabs_.emplace_back(task, few);
    });
    comm::conclude(comm, "preparing the copy", failure_);
    for (const Slabs& one : slabs_) all_ += one.count();
  }

  std::uint64_t rounds() const noexcept { return (all_ + comm_.ranks() - 1) / comm_.ranks(); }

  void round(std::uint64_t number) {
    std::vector<RecodedChunk> chunks;
    std::vector<std::int64_t> told;
    attempt_unless(failure_, [&] {
      const std::uint64_t own = number * comm_.ranks() + static_cast<std::uint64_t>(comm_.rank());
      if (own >= all_) return;
      while (own - in_front_ >= slabs_[task_].count()) in_front_ += slabs_[task_++].count();
      chunks = recoder_->make(tasks_[task_], slabs_[task_], own - in_front_);
      for (const RecodedChunk& chunk : chunks) tell(told, task_, chunk);
    });
    const comm::Gathered all = comm::all_gather(comm_, std::move(told), failure_);
    attempt(failure_, [&] { place(all, chunks); });
  }

  SharedChunks finish() {
    comm::conclude(comm_, "copying chunks", failure_);
    for (auto& chunks : result_.of_task) std::ranges::sort(chunks, {}, &hdf5::PlacedChunk::index);
    return std::move(result_);
  }

 private:
  /// Every rank's chunks follow those of the rank before; this rank writes its own.
  void place(const comm::Gathered& all, const std::vector<RecodedChunk>& chunks) {
    for (std::size_t rank = 0; rank < comm_.ranks(); ++rank) {
      if (static_cast<int>(rank) == comm_.rank()) {
        std::vector<std::span<const std::byte>> parts;
        parts.reserve(chunks.size());
        for (const RecodedChunk& chunk : chunks) parts.push_back(chunk.bytes);
        if (!parts.empty()) file_.write_parts(result_.end, parts);
      }
      for (std::size_t at = all.begin[rank]; at < all.begin[rank + 1]; at += words) {
        const auto size = static_cast<std::uint64_t>(all.values[at + 2]);
        if (comm_.rank() == 0) {
          result_.of_task[static_cast<std::size_t>(all.values[at])].push_back(
              {static_cast<std::uint64_t>(all.values[at + 1]), result_.end, static_cast<std::uint32_t>(size),
               static_cast<std::uint32_t>(all.values[at + 3])});
        }
        result_.end += size;
      }
      result_.end = tessera::round_up<std::uint64_t>(result_.end, 8);
    }
  }

  const comm::Communicator& comm_;
  storage::File& file_;
  const std::vector<ChunkTask>& tasks_;
  std::size_t threads_;
  std::optional<Error> failure_;
  std::optional<Recoder> recoder_;
  std::vector<Slabs> slabs_;
  std::uint64_t all_ = 0;       ///< slabs
  std::uint64_t in_front_ = 0;  ///< slabs of tasks before task_
  std::size_t task_ = 0;
  SharedChunks result_;
};

}  // namespace

SharedChunks share_chunks(const comm::Communicator& comm, const storage::ReadOnlyFile& source, storage::File& file,
                          const std::vector<ChunkTask>& tasks, std::uint64_t begin,
                          const std::function<void(double)>& progress) {
  Share share(comm, source, file, tasks, begin);
  const std::uint64_t rounds = share.rounds();
  for (std::uint64_t number = 0; number < rounds; ++number) {
    share.round(number);
    if (comm.rank() == 0) progress(static_cast<double>(number + 1) / static_cast<double>(rounds));
  }
  return share.finish();
}

}  // namespace tessera::tools
