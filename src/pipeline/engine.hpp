#pragma once

#include "pipeline/stages.hpp"

namespace tessera::pipeline {

/// The way from the caller's memory into the file. All calls are collective, and throw the same Error on every rank.
class Engine {
 public:
  virtual ~Engine() = default;

  /// Makes all of it part of the file, or nothing but the definitions.
  virtual void commit(const Commit& commit) = 0;

  /// False after a failure that left the metadata in doubt: only close() is left then.
  virtual bool usable() const noexcept = 0;

  virtual void close() = 0;
};

}  // namespace tessera::pipeline
