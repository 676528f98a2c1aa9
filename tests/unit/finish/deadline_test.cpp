#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <thread>

#include "finish/deadline.hpp"

using namespace tessera;
using namespace tessera::finish;

namespace {

using Clock = std::chrono::system_clock;
using Variables = std::map<std::string, std::string>;

constexpr Clock::time_point start{std::chrono::seconds(1'790'000'000)};

std::optional<Deadline> deadline_of(const Variables& variables, const FinishOptions& options = {}) {
  return find_deadline(
      options,
      [&](const char* name) {
        const auto found = variables.find(name);
        return found == variables.end() ? nullptr : found->second.c_str();
      },
      start);
}

/// Seconds from `start`; nothing where there is no deadline.
std::optional<double> seconds_of(const Variables& variables, const FinishOptions& options = {}) {
  const auto deadline = deadline_of(variables, options);
  if (!deadline) return std::nullopt;
  return std::chrono::duration<double>(deadline->when - start).count();
}

std::string refusal_of(const Variables& variables) {
  try {
    deadline_of(variables);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    return error.what();
  }
  return "nothing";
}

TEST(Deadline, NoneWithoutVariables) {
  EXPECT_FALSE(deadline_of({}));
  EXPECT_FALSE(deadline_of({{"SLURM_JOB_END_TIME", ""}, {"PBS_WALLTIME", ""}, {"TESSERA_DEADLINE", ""}}));
}

TEST(Deadline, SlurmGivesTheTimeOfTheEnd) {
  EXPECT_EQ(seconds_of({{"SLURM_JOB_END_TIME", "1790000600"}}), 600);
  EXPECT_EQ(deadline_of({{"SLURM_JOB_END_TIME", "1790000600"}})->source, "SLURM_JOB_END_TIME");
}

TEST(Deadline, PbsGivesSecondsFromTheStart) {
  EXPECT_EQ(seconds_of({{"PBS_WALLTIME", "3600"}}), 3600);
  EXPECT_EQ(seconds_of({{"PBS_WALLTIME", "1:30:05"}}), 5405);
  EXPECT_EQ(seconds_of({{"PBS_WALLTIME", "02:10"}}), 130);
  EXPECT_EQ(deadline_of({{"PBS_WALLTIME", "3600"}})->source, "PBS_WALLTIME");
}

TEST(Deadline, OwnVariableThenOptionThenSlurmThenPbs) {
  Variables all{{"TESSERA_DEADLINE", "1790000001.5"}, {"SLURM_JOB_END_TIME", "1790000003"}, {"PBS_WALLTIME", "4"}};
  FinishOptions options;
  options.deadline = start + std::chrono::seconds(2);
  EXPECT_EQ(seconds_of(all, options), 1.5);
  all.erase("TESSERA_DEADLINE");
  EXPECT_EQ(seconds_of(all, options), 2);
  EXPECT_EQ(deadline_of(all, options)->source, "FinishOptions::deadline");
  EXPECT_EQ(seconds_of(all), 3);
  all.erase("SLURM_JOB_END_TIME");
  EXPECT_EQ(seconds_of(all), 4);
}

TEST(Deadline, BatchSystemIsNotAskedWhereNotWanted) {
  FinishOptions options;
  options.ask_batch_system = false;
  EXPECT_FALSE(deadline_of({{"SLURM_JOB_END_TIME", "1790000600"}, {"PBS_WALLTIME", "4"}}, options));
  EXPECT_EQ(seconds_of({{"TESSERA_DEADLINE", "1790000600"}}, options), 600);
}

TEST(Deadline, WhatIsNoTimeIsRefusedWithNameAndValue) {
  for (const char* name : {"TESSERA_DEADLINE", "SLURM_JOB_END_TIME", "PBS_WALLTIME"}) {
    for (const char* value : {"tomorrow", "12 s", "-5", "nan", "inf", "1e", " 7", "1790000000000"}) {
      const std::string text = refusal_of({{name, value}});
      EXPECT_NE(text.find(name), std::string::npos) << name << " = " << value << ": " << text;
      EXPECT_NE(text.find("'" + std::string(value) + "'"), std::string::npos) << text;
    }
  }
  for (const char* value : {"1:2:3:4", ":", "1:", ":1", "1::2"}) {
    EXPECT_NE(refusal_of({{"PBS_WALLTIME", value}}).find("hours:minutes:seconds"), std::string::npos) << value;
  }
}

TEST(Deadline, TheProcessStartedAMomentAgo) {
  const auto first = process_start();
  const double age = std::chrono::duration<double>(Clock::now() - first).count();
  EXPECT_GE(age, -0.1);
  EXPECT_LT(age, 60);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  // The same moment, asked later.
  EXPECT_NEAR(std::chrono::duration<double>(process_start() - first).count(), 0, 0.1);
}

}  // namespace
