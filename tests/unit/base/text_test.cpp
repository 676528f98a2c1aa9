#include <gtest/gtest.h>

#include "../../support/comma_locale.hpp"
#include "base/json_string.hpp"
#include "base/text.hpp"

namespace tessera {
namespace {

void expect_points() {
  EXPECT_EQ(exact(0.01), "0.01");
  EXPECT_EQ(fixed(2.25, 1), "2.2");
  EXPECT_EQ(fixed(1234567.5, 0), "1234568");
  EXPECT_EQ(fixed(-0.125, 2), "-0.12");
  EXPECT_EQ(number_of("1.5"), 1.5);
  EXPECT_EQ(number_of("+1e-3"), 1e-3);
  for (const char* text : {"", "1,5", "1.5 ", "1.5s", " 1", "1e999", "0x10", "-", "one"}) {
    EXPECT_EQ(number_of(text), std::nullopt) << text;
  }
}

TEST(Numbers, AreReadAndWrittenWithAPoint) { expect_points(); }

TEST(Numbers, AreReadAndWrittenWithAPointInALocaleWithCommas) {
  const tessera_test::CommaLocale locale;
  if (!locale.is_there()) GTEST_SKIP() << "this system has no such locale, and no localedef";
  expect_points();
}

}  // namespace
}  // namespace tessera

TEST(JsonString, EscapesWhatJsonDoesNotHave) {
  EXPECT_EQ(tessera::json_string("plain \u00fc"), "\"plain \u00fc\"");
  EXPECT_EQ(tessera::json_string("a\"b\\c\n"), "\"a\\\"b\\\\c\\u000a\"");
  EXPECT_EQ(tessera::json_string(std::string_view("\0\xff"
                                                  "b\xc3",
                                                  4)),
            "\"\\u0000?b?\"");
}
