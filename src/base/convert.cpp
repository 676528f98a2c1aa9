#include "base/convert.hpp"

#include <cstring>
#include <string>

#include <tessera/error.hpp>

#include "base/visit_element.hpp"

namespace tessera {

std::vector<std::byte> converted(const std::vector<std::byte>& element, DataType from, DataType to) {
  if (from == to) return element;
  if (!can_convert(from, to)) {
    throw Error(ErrorCode::internal, std::string("cannot convert ") + to_string(from) + " to " + to_string(to));
  }
  std::vector<std::byte> bytes(size_of(to));
  visit_element(from, [&]<class From>(std::type_identity<From>) {
    From given{};
    std::memcpy(&given, element.data(), sizeof given);
    visit_element(to, [&]<class To>(std::type_identity<To>) {
      const To made = as<To>(given);
      std::memcpy(bytes.data(), &made, sizeof made);
    });
  });
  return bytes;
}

}  // namespace tessera
