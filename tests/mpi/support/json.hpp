#pragma once

#include <string>
#include <utility>
#include <vector>

#include <tessera/types.hpp>

namespace tessera_test {

/// JSON text, built from the leaves up.
class Json {
 public:
  static Json null() { return Json("null"); }
  static Json boolean(bool value) { return Json(value ? "true" : "false"); }
  static Json number(std::int64_t value) { return Json(std::to_string(value)); }
  static Json string(const std::string& value) {
    std::string text = "\"";
    for (const char letter : value) {
      if (letter == '"' || letter == '\\') text += '\\';
      text += letter;
    }
    return Json(text + '"');
  }
  static Json array(const std::vector<Json>& values) {
    std::string text;
    for (const Json& value : values) text += (text.empty() ? "" : ", ") + value.text_;
    return Json("[" + text + "]");
  }
  static Json array(const tessera::Index& values) {
    std::vector<Json> items;
    for (const std::int64_t value : values) items.push_back(number(value));
    return array(items);
  }
  static Json object(const std::vector<std::pair<std::string, Json>>& members) {
    std::string text;
    for (const auto& [name, value] : members) {
      text += (text.empty() ? "" : ",\n") + string(name).text_ + ": " + value.text_;
    }
    return Json("{" + text + "}");
  }

  const std::string& text() const { return text_; }

 private:
  explicit Json(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace tessera_test
