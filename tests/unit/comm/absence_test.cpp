#include <gtest/gtest.h>

#include "comm/absence.hpp"

using tessera::ErrorCode;
using namespace tessera::comm;

namespace {

const std::string commit = "commit of step 12 of run 'a'";

/// All ranks wait in the same call since the same moment.
Roll full_roll(int ranks) {
  Roll roll{10, 0, {}};
  roll.answers.resize(static_cast<std::size_t>(ranks));
  for (auto& answer : roll.answers) answer = {{10.1, false, Progress::unpublished, commit}, 0.1};
  return roll;
}

TEST(Absence, NamesAFewOfManyRanks) {
  Roll roll = full_roll(1000);
  for (std::size_t rank = 100; rank < 200; rank += 2) roll.answers[rank].reset();
  const auto error = missing_error(roll);
  EXPECT_EQ(error.code(), ErrorCode::rank_missing);
  EXPECT_EQ(error.ranks().size(), 50u);
  EXPECT_EQ(std::string(error.what()),
            commit + ": ranks 100, 102, 104, 106 and 46 more did not arrive within 10 s; ranks 0, 1, 2, 3 and 946 more are "
                     "in this call; the file holds the committed steps, and the writer is closed. Look at what ranks 100, "
                     "102, 104, 106 and 46 more did instead, or raise the limit (Options::rank_timeout, "
                     "TESSERA_RANK_TIMEOUT)");
}

TEST(Absence, SaysWhereTheOthersAre) {
  Roll roll = full_roll(8);
  roll.answers[3].reset();
  roll.answers[5]->presence.call = "close() of 'x.h5'";
  roll.answers[6]->presence.call = "run('b')";
  roll.answers[7]->presence.call = "run('b')";
  const std::string text = missing_error(roll).what();
  EXPECT_NE(text.find("ranks 0, 1, 2 and 4 are in this call, rank 5 is in close() of 'x.h5', ranks 6 and 7 are in run('b');"),
            std::string::npos)
      << text;
}

TEST(Absence, ListsAFewOfManyCalls) {
  Roll roll = full_roll(100);
  for (std::size_t rank = 1; rank < 99; ++rank) roll.answers[rank]->presence.call = "run('" + std::to_string(rank) + "')";
  roll.answers[99].reset();
  const std::string text = missing_error(roll).what();
  EXPECT_NE(text.find("and some in other calls"), std::string::npos) << text;
  EXPECT_LT(text.size(), 500u);
}

/// Who answers but began to wait when the time was over did not arrive in time.
TEST(Absence, CountsThoseWhoCameAfterTheLimit) {
  Roll roll = full_roll(4);
  roll.answers[2]->came = 10.3;
  EXPECT_EQ(missing_error(roll).ranks(), std::vector{2});
}

TEST(Absence, OfNobody) {
  const auto error = missing_error(full_roll(4));
  EXPECT_TRUE(error.ranks().empty());
  EXPECT_NE(std::string(error.what()).find("all ranks are there, but it did not end within 10 s"), std::string::npos);
}

TEST(Absence, AfterTheFirstMeetingIsAnotherText) {
  Roll roll = full_roll(4);
  roll.answers[1].reset();
  roll.answers[0]->presence.met = true;
  EXPECT_NE(std::string(missing_error(roll).what()).find("rank 1 began it but did not go on within 10 s"), std::string::npos);
}

TEST(Absence, SaysNothingOfAFileWhereThereIsNone) {
  Roll roll = full_roll(4);
  for (auto& answer : roll.answers) answer->presence.progress = Progress::no_file;
  roll.answers[1].reset();
  EXPECT_EQ(std::string(missing_error(roll).what()).find("file"), std::string::npos);
}

TEST(Absence, TellsWhatIsKnownOfTheFile) {
  const auto file = [](std::optional<Progress> zero, Progress others) {
    Roll roll = full_roll(4);
    roll.caller = 1;
    for (auto& answer : roll.answers) answer->presence.progress = others;
    roll.answers[3].reset();
    if (zero) roll.answers[0]->presence.progress = *zero;
    else roll.answers[0].reset();
    const std::string text = missing_error(roll).what();
    const auto begin = text.find("the file holds the committed steps");
    return text.substr(begin, text.find(" and the writer", begin) - begin);
  };
  using enum Progress;
  EXPECT_EQ(file(published, handed_over), "the file holds the committed steps, this one too,");
  EXPECT_EQ(file(handed_over, handed_over), "the file holds the committed steps,");
  EXPECT_EQ(file(unpublished, unpublished), "the file holds the committed steps,");
  EXPECT_EQ(file({}, handed_over), "the file holds the committed steps, perhaps this one too,");
  EXPECT_EQ(file({}, unpublished), "the file holds the committed steps,");
}

}  // namespace
