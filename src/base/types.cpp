#include <tessera/types.hpp>

#include <string>

#include <tessera/error.hpp>

namespace tessera {

namespace {

void check_axis_count(std::size_t count) {
  if (count > Index::capacity) {
    throw Error(ErrorCode::invalid_argument, "an index has at most " + std::to_string(Index::capacity) +
                                                 " axes, not " + std::to_string(count));
  }
}

}  // namespace

const char* to_string(DataType type) noexcept {
  switch (type) {
    case DataType::int8: return "int8";
    case DataType::int16: return "int16";
    case DataType::int32: return "int32";
    case DataType::int64: return "int64";
    case DataType::uint8: return "uint8";
    case DataType::uint16: return "uint16";
    case DataType::uint32: return "uint32";
    case DataType::uint64: return "uint64";
    case DataType::float32: return "float32";
    case DataType::float64: return "float64";
  }
  return "unknown";
}

Index::Index(std::initializer_list<std::int64_t> values) {
  check_axis_count(values.size());
  std::copy(values.begin(), values.end(), values_.begin());
  size_ = values.size();
}

Index Index::filled(std::size_t count, std::int64_t value) {
  check_axis_count(count);
  Index result;
  std::fill_n(result.values_.begin(), count, value);
  result.size_ = count;
  return result;
}

void Index::push_back(std::int64_t value) {
  check_axis_count(size_ + 1);
  values_[size_++] = value;
}

}  // namespace tessera
