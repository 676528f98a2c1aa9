#include "writer/common_grid.hpp"

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "base/attempt.hpp"
#include "base/text.hpp"
#include "comm/broadcast.hpp"
#include "schema/axis.hpp"

namespace tessera::detail {

namespace {

std::vector<double> numbers_in(const std::string& bytes) {
  std::vector<double> values(bytes.size() / sizeof(double));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

void check_same(const std::vector<double>& here, const std::vector<double>& there, std::size_t axis) {
  const std::size_t number = schema::first_difference(there, here);
  if (number == there.size()) return;
  throw Error(ErrorCode::ranks_disagree,
              "coordinate " + std::to_string(number) + " along axis " + std::to_string(axis) + " of the grid is " +
                  exact(here[number]) + " here and " + exact(there[number]) +
                  " on rank 0; give the same on every rank, or those of rank 0 alone with Coordinates::of_rank_0");
}

}  // namespace

Grid common_grid(const comm::Communicator& comm, const Grid& grid, std::optional<Error>& failure) {
  Grid common;
  attempt_unless(failure, [&] { common = grid; });
  for (std::size_t axis = 0; axis < grid.options.coordinates.size(); ++axis) {
    const Coordinates& given = grid.options.coordinates[axis];
    if (given.kind() == Coordinates::Kind::uniform || given.kind() == Coordinates::Kind::none) continue;
    const std::vector<double>& own = given.values();
    const std::string_view bytes(reinterpret_cast<const char*>(own.data()), own.size() * sizeof(double));
    const std::string received = comm::broadcast_text(comm, 0, bytes, failure);
    attempt_unless(failure, [&] {
      const std::vector<double> values = numbers_in(received);
      if (given.kind() == Coordinates::Kind::values) check_same(own, values, axis);
      common.options.coordinates[axis] = Coordinates(values);
    });
  }
  return common;
}

}  // namespace tessera::detail
