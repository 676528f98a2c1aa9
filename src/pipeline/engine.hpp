#pragma once

#include <cstdint>
#include <iterator>
#include <memory>

#include "pipeline/stages.hpp"
#include "pipeline/statistics.hpp"

namespace tessera::pipeline {

/// The way from the caller's memory into the file. All calls are collective, and throw the same Error on every rank.
class Engine {
 public:
  virtual ~Engine() = default;

  /// Queues new groups, datasets and attributes; the next commit that reaches the file brings them in. Local.
  void define(schema::Operations operations) {
    definitions_.insert(definitions_.end(), std::make_move_iterator(operations.begin()),
                        std::make_move_iterator(operations.end()));
  }

  /// How many operations wait for a commit, and how often such have been brought in: with the two, a caller takes back
  /// what it queued for a commit that failed. Local.
  struct Mark {
    std::size_t queued = 0;
    std::size_t applied = 0;
  };
  Mark mark() const noexcept { return {definitions_.size(), applied_}; }
  bool has_definitions() const noexcept { return !definitions_.empty(); }
  /// Forgets what was queued since then. False where that has reached the file already.
  bool forget_since(const Mark& mark) {
    if (applied_ != mark.applied) return false;
    definitions_.erase(definitions_.begin() + static_cast<std::ptrdiff_t>(mark.queued), definitions_.end());
    return true;
  }

  /// What the engine works out once for a field's decomposition. The field's chunk is chosen.
  /// \param like what it worked out for another field with this division and with cells of the same size, or nullptr
  virtual std::shared_ptr<const ChunkPlan> plan(const schema::Field& field, const Division& division,
                                                std::shared_ptr<const ChunkPlan> like) = 0;

  /// What rank 0 tells all ranks in the meeting that every commit begins with.
  virtual std::uint64_t word_of_root() noexcept { return 0; }

  /// Makes all of it part of the file, or nothing but (where the engine has them in the file already) the definitions.
  virtual void commit(const Commit& commit, std::uint64_t word_of_root) = 0;

  /// False after a failure that left the metadata in doubt: only close() is left then.
  virtual bool usable() const noexcept = 0;

  virtual void close() = 0;

  /// When ranks are missing: lets go of the file, as the last commit left it, without a word to the others. Nothing can
  /// be called afterwards. The engine itself has to stay: MPI may still use its memory.
  virtual void leave() = 0;

  /// Whether a rank may let go of the engine without the others: then the destructor closes the file as the last
  /// commit left it.
  virtual bool closes_alone() const noexcept = 0;

  /// The most fields and scalars of one run: HDF5 lists them in an attribute of the time axis.
  virtual std::size_t most_series() const noexcept = 0;

  /// "direct" or "collective", for messages.
  virtual const char* name() const noexcept = 0;

  /// What was printed on rank 0 because it looks as if a step to come will fail; empty on the others.
  virtual std::vector<std::string> warnings() const { return {}; }

  /// Where time and memory went, where the engine knows.
  virtual const Statistics* statistics() const noexcept { return nullptr; }

 protected:
  /// The queued operations, which from here on are in the file or on their way into it.
  schema::Operations take_definitions() {
    ++applied_;
    return std::exchange(definitions_, {});
  }

  schema::Operations definitions_;

 private:
  std::size_t applied_ = 0;
};

}  // namespace tessera::pipeline
