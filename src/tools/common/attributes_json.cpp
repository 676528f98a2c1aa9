#include "tools/common/attributes_json.hpp"

#include <nlohmann/json.hpp>

#include <variant>

namespace tessera::tools {

Json value_json(const AttributeValue& value) {
  return std::visit([](const auto& stored) { return Json(stored); }, value.storage());
}

Json attributes_json(const Attributes& attributes) {
  Json json = Json::object();
  for (const Attribute& attribute : attributes) json[attribute.name] = value_json(attribute.value);
  return json;
}

}  // namespace tessera::tools
