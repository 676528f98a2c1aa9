#include "tools/common/number.hpp"

#include <array>
#include <charconv>

namespace tessera::tools {

namespace {

std::string filter_name(const Filter& filter) {
  switch (filter.number) {
    case 1: return filter.parameters.empty() ? "deflate" : "deflate " + std::to_string(filter.parameters[0]);
    case 2: return "shuffle";
    case 3: return "fletcher32";
    case 4: return "szip";
    case 5: return "nbit";
    case 6: return "scaleoffset";
    default: return "filter " + std::to_string(filter.number);
  }
}

}  // namespace

std::string rounded(double value, int digits) {
  std::array<char, 40> buffer{};
  const auto result =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::general, digits);
  return {buffer.data(), result.ptr};
}

std::string extents_text(const Index& extents) {
  std::string text;
  for (const std::int64_t extent : extents) text += (text.empty() ? "" : " x ") + std::to_string(extent);
  return text;
}

std::vector<DatasetAxis> axes_of(const schema::StoredField& stored) {
  std::vector<DatasetAxis> axes;
  if (stored.field.time_dependent) axes.push_back({"time", stored.steps});
  for (const schema::Axis& axis : stored.field.axes) axes.push_back({axis.name, axis.length});
  if (stored.field.components > 1) axes.push_back({"component", stored.field.components});
  return axes;
}

std::string filters_text(const std::vector<Filter>& filters) {
  std::string text;
  for (const Filter& filter : filters) text += (text.empty() ? "" : ", ") + filter_name(filter);
  return text;
}

}  // namespace tessera::tools
