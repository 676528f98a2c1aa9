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
