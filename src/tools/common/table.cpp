#include "tools/common/table.hpp"

#include <algorithm>
#include <cstdio>

#include "base/text.hpp"

namespace tessera::tools {

namespace {

void append_escaped(std::string& text, char letter) {
  char escaped[8] = "";
  std::snprintf(escaped, sizeof escaped, "\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(letter)));
  text += escaped;
}

bool is_control(char letter) { return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f; }

/// U+0080 to U+009F, which some terminals obey as well.
bool is_second_control(std::string_view text) {
  return text.size() > 1 && text[0] == '\xc2' && static_cast<unsigned char>(text[1]) < 0xa0;
}

void append_line(std::string& text, std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  text += line + "\n";
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t good = first_not_utf8(text);
    for (std::size_t i = 0; i < good; ++i) {
      if (is_control(text[i])) {
        append_escaped(result, text[i]);
      } else if (is_second_control(text.substr(i, good - i))) {
        append_escaped(result, text[++i]);
      } else {
        result += text[i];
      }
    }
    if (good < text.size()) append_escaped(result, text[good]);
    text.remove_prefix(std::min(good + 1, text.size()));
  }
  return result;
}

std::size_t width_of(std::string_view text) noexcept {
  const auto begins_character = [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; };
  return static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
}

std::string Table::text(std::size_t indent) const {
  if (rows_.empty()) return {};
  std::vector<std::size_t> widths(columns_.size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      widths[column] = std::max(widths[column], width_of(row[column]));
    }
  }
  bool has_titles = false;
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    const std::string& title = columns_[column].title;
    if (widths[column] > 0) widths[column] = std::max(widths[column], width_of(title));
    has_titles = has_titles || !title.empty();
  }
  const auto line = [&](const auto& cell_of) {
    std::string result(indent, ' ');
    for (std::size_t column = 0; column < columns_.size(); ++column) {
      if (widths[column] == 0) continue;
      const std::string& cell = cell_of(column);
      const std::string space(widths[column] - width_of(cell), ' ');
      result += columns_[column].align == Align::right ? space + cell : cell + space;
      result += "  ";
    }
    return result;
  };
  std::string result;
  if (has_titles)
    append_line(result, line([&](std::size_t column) -> const std::string& { return columns_[column].title; }));
  for (const auto& row : rows_)
    append_line(result, line([&](std::size_t column) -> const std::string& { return row[column]; }));
  return result;
}

}  // namespace tessera::tools
