#include <tessera/options.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "schema/contents.hpp"

namespace tessera::schema {
namespace {

using Untyped = FieldOptions<detail::ElementBytes>;

/// No option has its default.
const FieldOptions<float> all_set{.unit = "K",
                                  .long_name = "temperature",
                                  .location = Location::cell,
                                  .components = 3,
                                  .component_names = {"u", "v", "w"},
                                  .component_axis = "direction",
                                  .tensor_axes = {{"row", {"x", "y"}}, {.length = 3}},
                                  .time_dependent = false,
                                  .fill = -1.5f,
                                  .precision = Precision::single,
                                  .attributes = {{"note", 1}},
                                  .chunk = {2, 3},
                                  .codec = Codec::none(),
                                  .time_axis = "rare"};

template <class Value>
bool are_same(const Value& a, const Value& b) {
  return a == b;
}
bool are_same(const Attributes& a, const Attributes& b) {
  return std::ranges::equal(a, b, [](const Attribute& one, const Attribute& other) {
    return one.name == other.name && to_string(one.value) == to_string(other.value);
  });
}

/// Calls `visit(a, b)` with each option of two fields.
template <class Visit>
void for_each_pair(const Untyped& first, const Untyped& second, const Visit& visit) {
  std::apply(
      [&](const auto&... a) { std::apply([&](const auto&... b) { (visit(a, b), ...); }, detail::each_option(second)); },
      detail::each_option(first));
}

TEST(FieldOptions, AreAllNamed) {
  const auto count = std::tuple_size_v<decltype(detail::each_option(all_set))>;
  EXPECT_EQ(std::ranges::count(detail::option_names, ',') + 1, static_cast<std::ptrdiff_t>(count));
  EXPECT_TRUE(detail::option_names.starts_with("unit, long_name, "));
  EXPECT_TRUE(detail::option_names.ends_with(", time_axis"));
}

TEST(FieldOptions, AreAllHandedOn) {
  const auto request = detail::untyped(all_set);
  EXPECT_EQ(request.type, DataType::float32);
  std::size_t number = 0;
  for_each_pair(request.options, Untyped{}, [&](const auto& given, const auto& usual) {
    EXPECT_FALSE(are_same(given, usual)) << "option " << number << " of " << detail::option_names;
    ++number;
  });
  ASSERT_TRUE(request.options.fill);
  EXPECT_EQ(*request.options.fill,
            (detail::ElementBytes{std::byte{0}, std::byte{0}, std::byte{0xC0}, std::byte{0xBF}}));
}

/// What rank 0 has read of a field is what the other ranks are told.
TEST(FieldOptions, OfAStoredFieldReachTheOtherRanks) {
  Contents contents;
  StoredField stored{{detail::untyped(all_set).options}, 7};
  stored.field.name = "T";
  stored.field.axes = axes_of({{5, 4}}, Location::point);
  contents.runs.emplace_back().run = {"r", "/r", {}};
  contents.runs.back().fields = {stored};
  const Contents arrived = contents_of(to_bytes(contents));
  const StoredField& there = arrived.runs.at(0).fields.at(0);
  EXPECT_EQ(there.steps, 7);
  EXPECT_EQ(there.field.axes.size(), 2u);
  std::size_t number = 0;
  for_each_pair(there.field, stored.field, [&](const auto& one, const auto& other) {
    EXPECT_TRUE(are_same(one, other)) << "option " << number << " of " << detail::option_names;
    ++number;
  });
}

}  // namespace
}  // namespace tessera::schema
