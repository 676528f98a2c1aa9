#pragma once

#include <tessera/requirements.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

/// \file
/// Tables: rows whose number changes from step to step, as of particles.

namespace tessera {

namespace detail {
struct TableEntry;
}

/// What the ranks say alike of a table.
struct TableOptions {
  /// Rows of a chunk, of all columns; 0: chosen from the first step that has rows. A step's rows begin with a chunk.
  std::int64_t chunk_rows = 0;
  /// The column of three components that says where a row is, for ParaView; none when empty.
  std::string position = {};
};

/// A table of a run, made by Run::table; small, copied freely. Fields that are declared on it are its columns. A
/// default-constructed one belongs to no run.
class Table {
 public:
  Table() = default;
  const std::string& name() const noexcept;  ///< empty where it belongs to no run
  /// For the library.
  explicit Table(std::shared_ptr<detail::TableEntry> entry) : entry_(std::move(entry)) {}
  /// For the library.
  const std::shared_ptr<detail::TableEntry>& entry() const noexcept { return entry_; }

 private:
  std::shared_ptr<detail::TableEntry> entry_;
};

}  // namespace tessera
