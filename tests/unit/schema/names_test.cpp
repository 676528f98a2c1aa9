#include "schema/names.hpp"

#include <gtest/gtest.h>

#include <tessera/error.hpp>

namespace tessera::schema {
namespace {

std::string refusal(const std::string& text) {
  try {
    check_text("the text", text);
    return {};
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(TextTest, AnyUtf8IsTaken) {
  for (const char* text : {"", "m s-1", "\xc2\xb5m", "\xe2\x84\x83", "\xf0\x9f\x8c\x8d", "\xf4\x8f\xbf\xbf", "two\nlines"}) {
    EXPECT_EQ(refusal(text), "");
  }
}

/// Latin-1, cut sequences, overlong forms, surrogates, beyond U+10FFFF: with the place.
TEST(TextTest, WhatIsNotUtf8IsRefused) {
  for (const char* text : {"\xb0" "C", "\xe4", "\xc2", "\xe2\x84", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80",
                           "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    EXPECT_NE(refusal(std::string("ok ") + text).find("the text is not valid UTF-8 at byte 3"), std::string::npos) << text;
  }
}

TEST(TextTest, ANulIsRefused) {
  EXPECT_NE(refusal(std::string("ab\0c", 4)).find("NUL (byte 2 of 4)"), std::string::npos);
}

}  // namespace
}  // namespace tessera::schema
