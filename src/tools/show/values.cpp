#include "tools/show/values.hpp"

#include <cmath>
#include <cstring>
#include <type_traits>

#include <tessera/error.hpp>

#include "base/text.hpp"
#include "base/visit_element.hpp"
#include "tools/common/number.hpp"

namespace tessera::tools {

namespace {

/// Calls `use` with the element in its own type.
template <class Use>
auto with_element(DataType type, const std::byte* bytes, std::size_t at, const Use& use) {
  return visit_element(type, [&]<class T>(std::type_identity<T>) {
    T value;
    std::memcpy(&value, bytes + at * sizeof(T), sizeof(T));
    return use(arithmetic(value));
  });
}

}  // namespace

double Values::number(std::size_t at) const noexcept {
  return with_element(type_, bytes_.data(), at, [](auto value) { return static_cast<double>(value); });
}

std::string Values::exact_text(std::size_t at) const {
  return with_element(type_, bytes_.data(), at, [](auto value) {
    if constexpr (std::is_floating_point_v<decltype(value)>) {
      return exact(value);
    } else {
      return std::to_string(value);
    }
  });
}

std::string Values::short_text(std::size_t at) const {
  return detail::element_type(type_).is_floating ? rounded(number(at)) : exact_text(at);
}

std::string Values::json_text(std::size_t at) const {
  if (detail::element_type(type_).is_floating && !std::isfinite(number(at))) return "null";
  return exact_text(at);
}

Values read_values(hdf5::InputFile& file, const schema::StoredField& stored, std::int64_t step, const Box& box) {
  const double count = static_cast<double>(stored.field.components) * static_cast<double>(box.volume());
  constexpr double most = 1e12;
  if (count > most) throw Error(ErrorCode::out_of_memory, "not enough memory for " + rounded(count) + " values");
  Values values(stored.field.stored, static_cast<std::size_t>(count));
  file.read(stored, step, box, stored.field.stored, values.data());
  return values;
}

}  // namespace tessera::tools
