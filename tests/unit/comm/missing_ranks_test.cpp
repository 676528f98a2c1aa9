#include <gtest/gtest.h>

#include "comm/missing_ranks.hpp"

using tessera::ErrorCode;
using namespace tessera::comm;

namespace {

const std::string commit = "commit of step 12 of run 'a'";

/// All ranks wait in the same call since the same moment.
Poll full_poll(int ranks) {
  Poll poll{10, 0, {}};
  poll.answers.resize(static_cast<std::size_t>(ranks));
  for (auto& answer : poll.answers) answer = {{10.1, false, Progress::unpublished, commit}, 0.1};
  return poll;
}

TEST(MissingRanks, NamesAFewOfManyRanks) {
  Poll poll = full_poll(1000);
  for (std::size_t rank = 100; rank < 200; rank += 2) poll.answers[rank].reset();
  const auto error = missing_error(poll);
  EXPECT_EQ(error.code(), ErrorCode::rank_missing);
  EXPECT_EQ(error.ranks().size(), 50u);
  EXPECT_EQ(std::string(error.what()),
            commit +
                ": ranks 100, 102, 104, 106 and 46 more did not arrive within 10 s; ranks 0, 1, 2, 3 and 946 more are "
                "in this call; the file holds the committed steps, and the writer is closed. Look at what ranks 100, "
                "102, 104, 106 and 46 more did instead, or raise the limit (Options::rank_timeout, "
                "TESSERA_RANK_TIMEOUT)");
}

TEST(MissingRanks, SaysWhereTheOthersAre) {
  Poll poll = full_poll(8);
  poll.answers[3].reset();
  poll.answers[5]->status.call = "close() of 'x.h5'";
  poll.answers[6]->status.call = "run('b')";
  poll.answers[7]->status.call = "run('b')";
  const std::string text = missing_error(poll).what();
  EXPECT_NE(text.find(
                "ranks 0, 1, 2 and 4 are in this call, rank 5 is in close() of 'x.h5', ranks 6 and 7 are in run('b');"),
            std::string::npos)
      << text;
}

TEST(MissingRanks, ListsAFewOfManyCalls) {
  Poll poll = full_poll(100);
  for (std::size_t rank = 1; rank < 99; ++rank) poll.answers[rank]->status.call = "run('" + std::to_string(rank) + "')";
  poll.answers[99].reset();
  const std::string text = missing_error(poll).what();
  EXPECT_NE(text.find("and some in other calls"), std::string::npos) << text;
  EXPECT_LT(text.size(), 500u);
}

/// Who answers but began to wait when the time was over did not arrive in time.
TEST(MissingRanks, CountsThoseWhoCameAfterTheLimit) {
  Poll poll = full_poll(4);
  poll.answers[2]->came = 10.3;
  EXPECT_EQ(missing_error(poll).ranks(), std::vector{2});
}

TEST(MissingRanks, OfNobody) {
  const auto error = missing_error(full_poll(4));
  EXPECT_TRUE(error.ranks().empty());
  EXPECT_NE(std::string(error.what()).find("all ranks are there, but it did not end within 10 s"), std::string::npos);
}

TEST(MissingRanks, AfterTheFirstAgreementIsAnotherText) {
  Poll poll = full_poll(4);
  poll.answers[1].reset();
  poll.answers[0]->status.agreed = true;
  EXPECT_NE(std::string(missing_error(poll).what()).find("rank 1 began it but did not go on within 10 s"),
            std::string::npos);
}

TEST(MissingRanks, SaysNothingOfAFileWhereThereIsNone) {
  Poll poll = full_poll(4);
  for (auto& answer : poll.answers) answer->status.progress = Progress::no_file;
  poll.answers[1].reset();
  EXPECT_EQ(std::string(missing_error(poll).what()).find("file"), std::string::npos);
}

TEST(MissingRanks, TellsWhatIsKnownOfTheFile) {
  const auto file = [](std::optional<Progress> zero, Progress others) {
    Poll poll = full_poll(4);
    poll.coordinator = 1;
    for (auto& answer : poll.answers) answer->status.progress = others;
    poll.answers[3].reset();
    if (zero) poll.answers[0]->status.progress = *zero;
    else poll.answers[0].reset();
    const std::string text = missing_error(poll).what();
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
