#include <tessera/types.hpp>

#include <gtest/gtest.h>

#include <set>
#include <string>

#include <tessera/error.hpp>

namespace tessera {
namespace {

TEST(DataTypes, KnowTheirSizeAndNumPyName) {
  const std::string names[] = {"int8",   "int16",  "int32",  "int64",   "uint8",
                               "uint16", "uint32", "uint64", "float32", "float64"};
  const std::size_t bytes[] = {1, 2, 4, 8, 1, 2, 4, 8, 4, 8};
  for (int number = 0; number < 10; ++number) {
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

TEST(Indices, HoldUpToSixAxes) {
  const Index index{1, 2, 3, 4, 5, 6};
  EXPECT_EQ(index.size(), 6U);
  EXPECT_EQ(index.front(), 1);
  EXPECT_EQ(index.back(), 6);
  EXPECT_TRUE(Index().empty());
}

TEST(Indices, RefuseASeventhAxis) {
  const auto code_of = [](auto&& call) {
    try {
      call();
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::internal;
  };
  EXPECT_EQ(code_of([] { Index{1, 2, 3, 4, 5, 6, 7}; }), ErrorCode::invalid_argument);
  EXPECT_EQ(code_of([] { Index::filled(7, 0); }), ErrorCode::invalid_argument);
  EXPECT_EQ(code_of([] { Index{1, 2, 3, 4, 5, 6}.push_back(7); }), ErrorCode::invalid_argument);
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
  constexpr int last = static_cast<int>(ErrorCode::wrong_thread);
  std::set<std::string> names;
  for (int code = 1; code <= last; ++code) names.insert(to_string(static_cast<ErrorCode>(code)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(last));
  EXPECT_FALSE(names.contains("unknown"));
  EXPECT_STREQ(to_string(static_cast<ErrorCode>(last + 1)), "unknown") << "a new code: it is the last one now";
}

}  // namespace
}  // namespace tessera
