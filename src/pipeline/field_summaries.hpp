#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "pack/summary.hpp"
#include "pipeline/stages.hpp"
#include "schema/operation.hpp"

namespace tessera::pipeline {

/// Statistics of the fields of one commit, on their way from the chunks into the file.
class FieldSummaries {
 public:
  /// Empty ones for a commit. Local. \throws std::bad_alloc; from here on nothing of this takes memory
  void prepare(const std::vector<FieldData>& fields);

  /// Of a field by its number in the commit: one for each entry, none where nobody asks for them.
  std::span<pack::Summary> of(std::size_t field) noexcept {
    return std::span(summaries_).subspan(begins_[field], begins_[field + 1] - begins_[field]);
  }
  std::span<pack::Summary> all() noexcept { return summaries_; }

  /// Rows of the tables, when the summaries are those of all ranks.
  const std::vector<schema::WriteValues>& rows() noexcept;

 private:
  /// Where a field's values go.
  struct Place {
    std::size_t row = 0;     ///< among the rows
    std::size_t column = 0;  ///< in that
  };
  std::size_t row_of(const schema::StatisticsTable& table, std::int64_t step);

  std::vector<pack::Summary> summaries_;
  std::vector<std::size_t> begins_;  ///< by field, and the end
  std::vector<Place> places_;        ///< by field
  std::vector<schema::WriteValues> rows_;
};

/// Adds the cells of a chunk that ranks have put, each once; fill and what lies beyond the grid are not among them.
/// \param raw the chunk, assembled
void summarise_chunk(const schema::Field& field, const ChunkPlan& plan, const OwnChunk& chunk,
                     std::span<const std::byte> raw, std::span<pack::Summary> summaries) noexcept;

}  // namespace tessera::pipeline
