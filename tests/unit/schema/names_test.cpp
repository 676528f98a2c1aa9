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
  for (const char* text :
       {"", "m s-1", "\xc2\xb5m", "\xe2\x84\x83", "\xf0\x9f\x8c\x8d", "\xf4\x8f\xbf\xbf", "two\nlines"}) {
    EXPECT_EQ(refusal(text), "");
  }
}

/// Latin-1, cut sequences, overlong forms, surrogates, beyond U+10FFFF: with the place.
TEST(TextTest, WhatIsNotUtf8IsRefused) {
  for (const char* text : {"\xb0"
                           "C",
                           "\xe4", "\xc2", "\xe2\x84", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80",
                           "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    EXPECT_NE(refusal(std::string("ok ") + text).find("the text is not valid UTF-8 at byte 3"), std::string::npos)
        << text;
  }
}

TEST(TextTest, ANulIsRefused) {
  EXPECT_NE(refusal(std::string("ab\0c", 4)).find("NUL (byte 2 of 4)"), std::string::npos);
}

TEST(NameTest, ANulIsShown) {
  try {
    check_name("field", std::string("a\0b", 3));
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("the field name 'a\\0b' has a control character"), std::string::npos);
  }
}

TEST(NameTest, SomeAreTakenWithDoubt) {
  for (const char* name : {"p", "_p", "1p", "p-(x)", "\xc3\x9c", "\xce\xa9", "a b", "p."})
    EXPECT_EQ(doubt_about(name), "") << name;
  for (const char* name :
       {"(E-E0)", "-x", "{x}", ".x", "@x", "u\xcc\x88", "n\xcd\xaf", "\xe2\x84\xa6", "\xe2\x84\xab"}) {
    EXPECT_NO_THROW(check_name("field", name));
    EXPECT_NE(doubt_about(name), "") << name;
  }
}

}  // namespace
}  // namespace tessera::schema
