#include "base/convert.hpp"

#include <cstring>
#include <string>

#include <tessera/error.hpp>

namespace tessera {

std::vector<std::byte> converted(const std::vector<std::byte>& element, DataType from, DataType to) {
  if (from == to) return element;
  if (from != DataType::float64 || to != DataType::float32) {
    throw Error(ErrorCode::internal, std::string("cannot convert ") + to_string(from) + " to " + to_string(to));
  }
  double wide = 0;
  std::memcpy(&wide, element.data(), sizeof wide);
  const float narrow = static_cast<float>(wide);
  std::vector<std::byte> bytes(sizeof narrow);
  std::memcpy(bytes.data(), &narrow, sizeof narrow);
  return bytes;
}

}  // namespace tessera
