#include "writer/coverage.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "grid/gap.hpp"
#include "grid/overlap.hpp"

namespace tessera::detail {

namespace {

std::string described_field(const schema::Field& field) { return "field " + in_quotes(field.name); }

std::string described_box(const grid::OwnedBox& owned) {
  return "box " + std::to_string(owned.number) + " of rank " + std::to_string(owned.rank) + " " + to_string(owned.box);
}

Box whole(const schema::Field& field) {
  const Index shape = field.shape();
  return Box::at(Index::filled(shape.size(), 0), shape);
}

}  // namespace

bool is_covered(const schema::Field& field, bool may_have_holes, std::int64_t cells) {
  return cells == whole(field).volume() || may_have_holes;
}

void check_overlap(const schema::Field& field, std::span<const grid::OwnedBox> all, int rank) {
  std::vector<grid::OwnedBox> own;
  std::copy_if(all.begin(), all.end(), std::back_inserter(own),
               [&](const grid::OwnedBox& owned) { return owned.rank == rank; });
  if (const auto overlap = grid::find_overlap(own, all)) {
    throw Error(ErrorCode::overlap, described_field(field) + ": " + described_box(overlap->first) + " and " +
                                        described_box(overlap->second) + " overlap in " + to_string(overlap->common) +
                                        "; every cell has to be put once");
  }
}

std::optional<Error> gap_error(const schema::Field& field, std::span<const grid::OwnedBox> all) {
  std::int64_t cells = 0;
  for (const grid::OwnedBox& owned : all) cells += owned.box.volume();
  if (is_covered(field, field.fill.has_value(), cells)) return std::nullopt;
  const auto gap = grid::find_gap(whole(field), all);
  return Error(ErrorCode::not_covered, described_field(field) + ": no rank put the cells " +
                                           (gap ? to_string(*gap) : "") + " (among others); put all of " +
                                           to_string(whole(field)) +
                                           ", or declare what the rest reads with FieldOptions::fill");
}

std::optional<Error> missing_rank_error(const schema::Field& field, std::span<const std::int64_t> begins,
                                        std::span<const grid::OwnedBox> all) {
  for (std::size_t rank = 0; rank + 1 < begins.size(); ++rank) {
    const auto is_of_rank = [&](const grid::OwnedBox& owned) { return owned.rank == static_cast<int>(rank); };
    if (begins[rank] == begins[rank + 1] || std::ranges::any_of(all, is_of_rank)) continue;
    return Error(ErrorCode::not_covered, described_field(field) + ": rank " + std::to_string(rank) +
                                             " put nothing, and has " +
                                             std::to_string(begins[rank + 1] - begins[rank]) +
                                             " values of it; every rank puts the values of its part of the mesh");
  }
  return std::nullopt;
}

}  // namespace tessera::detail
