#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tessera/error.hpp>

#include "base/function_ref.hpp"
#include "pipeline/measures.hpp"
#include "pipeline/stages.hpp"
#include "pipeline/statistics.hpp"
#include "schema/contents.hpp"

namespace tessera::pipeline {

/// A field of a commit that is to be planned; its chunk is chosen.
struct DividedField {
  const schema::Field* field = nullptr;
  std::shared_ptr<const Division> division;
};

using ChunkPlans = std::vector<std::shared_ptr<const ChunkPlan>>;
using KeepPlans = FunctionRef<void(ChunkPlans)>;

/// The way from the caller's memory into the file. All calls are collective, and throw the same Error on every rank.
class Engine {
 public:
  virtual ~Engine() = default;

  /// Creates the file, or continues one that is there. Once, before all else.
  virtual void open() = 0;

  /// What was in a file that is continued, on every rank; once, after open().
  virtual std::optional<schema::Contents> take_contents() { return std::nullopt; }

  /// Steps of a run that was in the file are about to come. Local.
  virtual void expect_steps(const std::string& path) noexcept { static_cast<void>(path); }

  /// What the engine works out once for the decompositions of `fields`. Fields with the same division and with cells of
  /// the same size share it.
  /// \param keep gets it, in the order of the fields; what it throws on one rank, all ranks throw
  virtual void plan(std::span<const DividedField> fields, KeepPlans keep) = 0;

  /// What rank 0 tells all ranks in the agreement that every commit begins with.
  virtual std::uint64_t root_value() noexcept { return 0; }

  /// Makes all of it part of the file, or nothing but perhaps the definitions (keeps_definitions()).
  /// \param failure of this rank, which could not make the commit: then all throw it
  virtual void commit(const Commit& commit, std::optional<Error> failure, std::uint64_t root_value) = 0;

  /// Begins a commit and returns when the memory of its puts may be used again: finish() makes it part of the file.
  /// What the commit refers to has to stay until then. Finish others first, where as many as there may be are in
  /// flight. \returns false, and has done nothing, where an engine or a memory budget allows commit() only
  virtual bool begin(Commit&, std::optional<Error>, std::uint64_t) { return false; }
  /// Commits that were begun and not finished.
  virtual std::size_t in_flight() const noexcept { return 0; }
  /// How many of these, the oldest first, this rank would not wait for. Local.
  virtual std::size_t ready() { return 0; }
  /// Nothing of them is written any more; they will not be part of the file. Local.
  virtual void stop() noexcept {}
  /// Makes the oldest one part of the file. Where it throws, none of those in flight will be.
  /// \param behind the simulation, in a thread, while nobody else calls this
  /// \returns what root_value() of rank 0 is now
  virtual std::uint64_t finish(bool) { return 0; }
  /// Since then the simulation has waited for such a thread. Local.
  virtual void count_blocked(std::chrono::steady_clock::time_point) noexcept {}

  /// After a commit that failed: whether its definitions are in the file all the same.
  virtual bool keeps_definitions() const noexcept { return false; }

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
  virtual std::size_t max_series() const noexcept = 0;

  /// "direct" or "collective", for messages.
  virtual const char* name() const noexcept = 0;

  /// What was printed on rank 0 because it looks as if a step to come will fail; empty on the others.
  virtual std::vector<std::string> warnings() const { return {}; }

  /// Of the file, on rank 0: space of what was dropped, which commits to come take. Also after close().
  virtual std::uint64_t unused_bytes() const noexcept { return 0; }

  /// Where the file lies, and what was chosen for that, where the engine knows.
  virtual std::string storage_text() const { return {}; }

  /// Where time and memory went, where the engine knows.
  virtual const Statistics* statistics() const noexcept { return nullptr; }

  /// Of the last commit, on rank 0, where it was measured and succeeded.
  virtual const CommitMeasures* measures() const noexcept = 0;
};

}  // namespace tessera::pipeline
