#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::tools {

/// Text from a file as a terminal may have it: control characters, and bytes that are no UTF-8, as "\x1b".
std::string printable(std::string_view text);

/// Columns that a text takes in a terminal; one for each character.
std::size_t width_of(std::string_view text) noexcept;

/// Rows of cells, aligned. Columns in which no cell has a text are left out.
class Table {
 public:
  enum class Align : std::uint8_t { left, right };
  struct Column {
    std::string title;
    Align align = Align::left;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// As many cells as there are columns.
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  bool empty() const noexcept { return rows_.empty(); }

  /// Lines, each behind `indent` spaces, without spaces at its end. Titles come first, where any column has one.
  std::string text(std::size_t indent = 0) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace tessera::tools
