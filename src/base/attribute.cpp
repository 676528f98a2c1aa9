#include <tessera/attribute.hpp>

#include <algorithm>
#include <utility>
#include <variant>

#include "base/text.hpp"

namespace tessera {

namespace {

std::string text_of(std::int32_t value) { return std::to_string(value); }
std::string text_of(std::int64_t value) { return std::to_string(value); }
std::string text_of(double value) { return exact(value); }
std::string text_of(float value) { return exact(value); }
std::string text_of(bool value) { return value ? "true" : "false"; }
/// In quotes, and so that another list of values cannot look the same.
std::string text_of(const std::string& value) {
  std::string text = "\"";
  for (std::size_t begin = 0; begin < value.size();) {
    const std::size_t end = std::min(value.find_first_of("\"\\", begin + 1), value.size());
    if (value[begin] == '"' || value[begin] == '\\') text += '\\';
    text.append(value, begin, end - begin);
    begin = end;
  }
  return text + '"';
}

template <class T>
std::string text_of(const std::vector<T>& values) {
  std::string text = "[";
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) text += ", ";
    text += text_of(static_cast<const T&>(values[i]));
  }
  return text + "]";
}

}  // namespace

// Not by std::variant's copy constructor: in libstdc++ 12 it destroys a value that was never made where copying
// throws, since it takes variants of numbers, texts and vectors for ones that are never without a value.
AttributeValue::AttributeValue(const AttributeValue& other) : defect_(other.defect_) {
  std::visit(
      [this](const auto& value) {
        auto copy = value;
        storage_.emplace<decltype(copy)>(std::move(copy));
      },
      other.storage_);
}

AttributeValue& AttributeValue::operator=(const AttributeValue& other) { return *this = AttributeValue(other); }

std::string to_string(const AttributeValue& value) {
  return std::visit([](const auto& content) { return text_of(content); }, value.storage());
}

}  // namespace tessera
