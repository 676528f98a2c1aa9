#include <tessera/attribute.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <list>
#include <span>

namespace tessera {
namespace {

enum Colour { red = 3 };
enum class Small : std::uint8_t { seven = 7 };
enum class Large : std::uint64_t { all_bits = ~std::uint64_t{0} };

using Ints = std::vector<std::int32_t>;
using Longs = std::vector<std::int64_t>;
using Doubles = std::vector<double>;
using Texts = std::vector<std::string>;

template <class T>
void expect(const AttributeValue& value, const T& wanted) {
  ASSERT_TRUE(std::holds_alternative<T>(value.storage())) << to_string(value);
  EXPECT_EQ(std::get<T>(value.storage()), wanted) << to_string(value);
  EXPECT_EQ(value.defect(), nullptr);
}

TEST(AttributeValues, KeepTheKindOfANumber) {
  expect(100, std::int32_t{100});
  expect(std::uint8_t{200}, std::int32_t{200});
  expect(4000000000U, std::int64_t{4000000000});
  expect(std::size_t{5}, std::int64_t{5});
  expect(0.5, 0.5);
  expect(0.5F, 0.5F);
  expect(true, true);
}

TEST(AttributeValues, OfEnumeratorsAreTheirUnderlyingValues) {
  EXPECT_EQ(to_string(AttributeValue(red)), "3");
  expect(Small::seven, std::int32_t{7});
  expect(std::byte{9}, std::int32_t{9});
  expect(std::vector<Small>{Small::seven, Small::seven}, Ints{7, 7});
  EXPECT_NE(AttributeValue(Large::all_bits).defect(), nullptr);
}

TEST(AttributeValues, FromArraysOfAnyKind) {
  const int n[3] = {1, 2, 3};
  bool flags[2] = {true, false};
  expect(n, Ints{1, 2, 3});
  expect(flags, std::vector<bool>{true, false});
  expect(std::array<double, 2>{0.5, 1}, Doubles{0.5, 1});
  expect(std::span(n), Ints{1, 2, 3});
  expect(std::vector<std::size_t>{1, 2}, Longs{1, 2});
  expect(std::vector<unsigned>{1, 2}, Longs{1, 2});
  expect(std::vector<std::uint16_t>{1, 2}, Ints{1, 2});
  expect(std::list<short>{1, 2}, Ints{1, 2});
  expect(std::vector<bool>{true}, std::vector<bool>{true});
}

TEST(AttributeValues, FromTwoOrMoreInBraces) {
  expect({1, 2}, Ints{1, 2});
  expect({std::size_t{5}, 1}, Longs{5, 1});
  expect({0, 0.5, 1}, Doubles{0, 0.5, 1});
  expect({1.0F, 2.0F}, std::vector<float>{1, 2});
  expect({1, 2.0F}, Doubles{1, 2});
  expect({true, false}, std::vector<bool>{true, false});
  expect({"a", "b"}, Texts{"a", "b"});
  expect({100}, std::int32_t{100});
  expect({"a"}, std::string("a"));
}

TEST(AttributeValues, FromTextsOfAnyKind) {
  char name[8] = "abc";
  const char* names[] = {"x", "y"};
  expect(name, std::string("abc"));
  expect(names, Texts{"x", "y"});
  expect(std::string_view("abc"), std::string("abc"));
  expect(u8"\u00b5m", std::string("\xc2\xb5m"));
  expect(std::filesystem::path("/in/mesh.exo"), std::string("/in/mesh.exo"));
  expect(std::vector<std::string_view>{"a", "b"}, Texts{"a", "b"});
  expect(std::array{"a", "b"}, Texts{"a", "b"});
}

TEST(AttributeValues, WithADefectSayWhy) {
  EXPECT_NE(std::string(AttributeValue(~std::uint64_t{0}).defect()).find("2^63 - 1"), std::string::npos);
  EXPECT_NE(AttributeValue(std::vector<std::uint64_t>{1, ~std::uint64_t{0}}).defect(), nullptr);
  EXPECT_NE((AttributeValue{1, ~std::uint64_t{0}}.defect()), nullptr);
  const char* none = std::getenv("A_VARIABLE_THAT_IS_NOT_SET");
  EXPECT_NE(std::string(AttributeValue(none).defect()).find("null pointer"), std::string::npos);
  EXPECT_NE(AttributeValue(std::vector<const char*>{"a", nullptr}).defect(), nullptr);
}

TEST(AttributeValues, ListsOfNamesAndValuesStayLists) {
  const auto count = [](const Attributes& attributes) { return attributes.size(); };
  const int n[3] = {1, 2, 3};
  EXPECT_EQ(count({{"resolution", 100}, {"time_step", 0.01}}), 2U);
  EXPECT_EQ(count({{"a", "b"}}), 1U);
  EXPECT_EQ(count({{"a", "b"}, {"c", "d"}}), 2U);
  EXPECT_EQ(count({{"n", n}, {"origin", {0.0, 1.0, 2.0}}, {"cells", std::size_t{3}}}), 3U);
}

}  // namespace
}  // namespace tessera
