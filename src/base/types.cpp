#include <tessera/types.hpp>

#include <string>

#include <tessera/error.hpp>

namespace tessera {

namespace detail {

void refuse_axis_count(std::size_t count) {
  throw Error(ErrorCode::invalid_argument,
              "an index has at most " + std::to_string(Index::capacity) + " axes, not " + std::to_string(count));
}

void refuse_integer(std::uint64_t value) {
  throw Error(ErrorCode::invalid_argument, "an index of " + std::to_string(value) +
                                               " is beyond 2^63 - 1; is it an unsigned difference that went below 0?");
}

}  // namespace detail

}  // namespace tessera
