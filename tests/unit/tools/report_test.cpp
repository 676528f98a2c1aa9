#include <gtest/gtest.h>

#include "tools/doctor/report.hpp"
#include "tools/doctor/text.hpp"

using namespace tessera::doctor;

namespace {

const Target target{"/scratch/\"me\"", {}, 4, 2};

TEST(Report, IsALinePerFinding) {
  const std::vector<Finding> findings{{Status::ok, "space", "10 GiB free"},
                                      {Status::warning, "file locks", "flock:\nno", "export A=B", {1, 3}}};
  EXPECT_EQ(report_text(findings, target),
            "ok      space              10 GiB free\n"
            "warning file locks         flock: no (ranks 1 and 3); remedy: export A=B\n"
            "4 ranks, 0 errors, 1 warning\n");
}

TEST(Report, JsonEscapesWhatHasTo) {
  const std::string text = report_json({{Status::error, "a", "tab\there \\ \"quoted\"", "", {7}}}, target);
  EXPECT_NE(text.find(R"("directory": "/scratch/\"me\"")"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("text": "tab\u0009here \\ \"quoted\"")"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("ranks": [7])"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("status": "error")"), std::string::npos) << text;
}

TEST(Report, TheWorstCounts) {
  EXPECT_EQ(worst({}), Status::ok);
  EXPECT_EQ(worst({{Status::warning, "a", ""}, {Status::error, "b", ""}, {Status::ok, "c", ""}}), Status::error);
}

TEST(BytesText, TakesTheUnitThatFits) {
  EXPECT_EQ(bytes_text(0), "0 bytes");
  EXPECT_EQ(bytes_text(1), "1 byte");
  EXPECT_EQ(bytes_text(1536), "1.5 KiB");
  EXPECT_EQ(bytes_text(std::uint64_t{64} << 20), "64 MiB");
  EXPECT_EQ(bytes_text(~std::uint64_t{0}), "16 EiB");
}

}  // namespace
