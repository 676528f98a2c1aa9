#include <gtest/gtest.h>

#include "tools/common/number.hpp"
#include "tools/common/table.hpp"

using namespace tessera::tools;

TEST(Printable, ShowsWhatATerminalWouldObey) {
  EXPECT_EQ(printable("plain, \u00fc and \u2580"), "plain, \u00fc and \u2580");
  EXPECT_EQ(printable("a\x1b[31m\n"), "a\\x1b[31m\\x0a");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\x9b31m");
  EXPECT_EQ(printable("half \xc3"), "half \\xc3");
  EXPECT_EQ(printable(std::string("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(printable(""), "");
}

TEST(Table, AlignsByCharactersNotBytes) {
  tessera::tools::Table table({{"name"}, {"", tessera::tools::Table::Align::right}});
  table.add({"\u00fcber", "1"});
  table.add({"a", "100"});
  EXPECT_EQ(table.text(1), " name\n \u00fcber    1\n a     100\n");
}

TEST(Table, LeavesOutEmptyColumnsAndTables) {
  tessera::tools::Table table({{"a"}, {"b"}, {"c"}});
  EXPECT_EQ(table.text(), "");
  table.add({"1", "", "3"});
  EXPECT_EQ(table.text(), "a  c\n1  3\n");
}

TEST(Rounded, HasSixDigits) {
  EXPECT_EQ(rounded(1.0 / 3), "0.333333");
  EXPECT_EQ(rounded(300), "300");
  EXPECT_EQ(rounded(-0.5), "-0.5");
  EXPECT_EQ(rounded(1e20), "1e+20");
}
