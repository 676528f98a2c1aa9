#include <tessera/types.hpp>

#include <gtest/gtest.h>

#include <array>
#include <list>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <tessera/box.hpp>
#include <tessera/error.hpp>

#include "base/visit_element.hpp"

namespace tessera {
namespace {

TEST(DataTypes, LeadToTheirCppType) {
  for (const detail::ElementType& element : detail::element_types) {
    visit_element(element.type, [&]<class T>(std::type_identity<T>) {
      EXPECT_EQ(data_type_of<T>(), element.type) << element.name;
      EXPECT_EQ(sizeof(T), element.bytes) << element.name;
      if constexpr (std::is_arithmetic_v<T>) {
        EXPECT_EQ(arithmetic(T{1}), T{1});
      }
    });
    EXPECT_LE(element.bytes, detail::max_element_bytes) << element.name;
  }
}

TEST(DataTypes, KnowTheirSizeAndNumPyName) {
  const std::string names[] = {"int8",   "int16",  "int32",   "int64",   "uint8",   "uint16",
                               "uint32", "uint64", "float32", "float64", "float16", "bfloat16"};
  const std::size_t bytes[] = {1, 2, 4, 8, 1, 2, 4, 8, 4, 8, 2, 2};
  for (int number = 0; number < 12; ++number) {
    EXPECT_EQ(to_string(static_cast<DataType>(number)), names[number]);
    EXPECT_EQ(size_of(static_cast<DataType>(number)), bytes[number]);
  }
}

TEST(DataTypes, FollowKindAndSizeOfTheCppType) {
  EXPECT_EQ(data_type_of<signed char>(), DataType::int8);
  EXPECT_EQ(data_type_of<unsigned short>(), DataType::uint16);
  EXPECT_EQ(data_type_of<int>(), DataType::int32);
  EXPECT_EQ(data_type_of<long>(), DataType::int64);
  EXPECT_EQ(data_type_of<long long>(), DataType::int64);
  EXPECT_EQ(data_type_of<unsigned long>(), DataType::uint64);
  EXPECT_EQ(data_type_of<float>(), DataType::float32);
  EXPECT_EQ(data_type_of<double>(), DataType::float64);
  EXPECT_FALSE(is_element_v<bool>);
  EXPECT_FALSE(is_element_v<char>);
  EXPECT_FALSE(is_element_v<long double>);
}

TEST(Indices, HoldUpToSevenAxes) {
  const Index index{1, 2, 3, 4, 5, 6, 7};
  EXPECT_EQ(index.size(), 7U);
  EXPECT_EQ(index.front(), 1);
  EXPECT_EQ(index.back(), 7);
  EXPECT_TRUE(Index().empty());
}

TEST(Indices, RefuseAnEighthAxis) {
  const auto code_of = [](auto&& call) {
    try {
      call();
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::internal;
  };
  EXPECT_EQ(code_of([] { Index{1, 2, 3, 4, 5, 6, 7, 8}; }), ErrorCode::invalid_argument);
  EXPECT_EQ(code_of([] { Index::filled(8, 0); }), ErrorCode::invalid_argument);
  EXPECT_EQ(code_of([] { Index{1, 2, 3, 4, 5, 6, 7}.push_back(8); }), ErrorCode::invalid_argument);
}

TEST(Indices, AreEqualWhenAllAxesAre) {
  EXPECT_EQ(Index({4, 4}), Index::filled(2, 4));
  EXPECT_NE(Index({4, 4}), Index({4, 4, 4}));
  EXPECT_NE(Index({4, 4}), Index({4, 5}));
  Index grown{4};
  grown.push_back(5);
  EXPECT_EQ(grown, Index({4, 5}));
}

TEST(ErrorCodes, AreNamedAsTheyAreSpelled) {
  EXPECT_STREQ(to_string(ErrorCode::invalid_argument), "invalid_argument");
  EXPECT_STREQ(to_string(ErrorCode::overlap), "overlap");
  EXPECT_STREQ(to_string(ErrorCode::internal), "internal");
}

TEST(ErrorCodes, AllHaveANameOfTheirOwn) {
  constexpr int last = static_cast<int>(ErrorCode::not_found);
  std::set<std::string> names;
  for (int code = 1; code <= last; ++code) names.insert(to_string(static_cast<ErrorCode>(code)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(last));
  EXPECT_FALSE(names.contains("unknown"));
  EXPECT_STREQ(to_string(static_cast<ErrorCode>(last + 1)), "unknown") << "a new code: it is the last one now";
}

enum Axis { z, y, x };

template <class Call>
ErrorCode code_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.code();
  }
  return {};
}

TEST(Indices, AreMadeOfIntegersOfAnyType) {
  const std::size_t extent = 8;
  const int rank = 3;
  const Index mixed{extent * 3, rank, 2U, std::int8_t{-1}, x, std::integral_constant<std::size_t, 7>{}};
  EXPECT_EQ(mixed, (Index{24, 3, 2, -1, 2, 7}));
  constexpr Index fixed{1, 2U, std::size_t{3}};
  static_assert(fixed.size() == 3 && fixed[2] == 3);
  static_assert(!std::is_convertible_v<int, Index>, "Halo and widths are told apart by that");
}

TEST(Indices, AreMadeOfArraysAndRanges) {
  const int n[3] = {1, 2, 3};
  const Index wanted{1, 2, 3};
  EXPECT_EQ(Index(n), wanted);
  EXPECT_EQ(Index(n, n + 3), wanted);
  EXPECT_EQ(Index(std::array<std::size_t, 3>{1, 2, 3}), wanted);
  EXPECT_EQ(Index(std::span(n)), wanted);
  EXPECT_EQ(Index(std::vector<long long>{1, 2, 3}), wanted);
  EXPECT_EQ(Index(std::list<unsigned short>{1, 2, 3}), wanted);
  EXPECT_EQ(Index(std::initializer_list<std::int64_t>{1, 2, 3}), wanted);
  const auto upper = [](const Index& index) { return index; };
  EXPECT_EQ(upper(n), wanted);
  EXPECT_EQ((Box{n, std::array{2, 3, 4}}.extents()), (Index{1, 1, 1}));
  EXPECT_EQ(code_of([] { Index(std::vector<int>(8, 1)); }), ErrorCode::invalid_argument);
}

TEST(Indices, RefuseWhatDoesNotFit) {
  const std::size_t none = 0;
  EXPECT_EQ(code_of([&] { Index{none - 1, 5}; }), ErrorCode::invalid_argument);
  EXPECT_EQ(code_of([&] { Index().push_back(none - 1); }), ErrorCode::invalid_argument);
  EXPECT_NO_THROW(Index{none + INT64_MAX});
}

}  // namespace
}  // namespace tessera
