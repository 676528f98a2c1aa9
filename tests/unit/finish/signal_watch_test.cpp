#include <gtest/gtest.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <optional>
#include <thread>

#include <tessera/error.hpp>

#include "finish/signal_watch.hpp"

using namespace tessera;
using namespace tessera::finish;

namespace {

std::atomic<int> calls{0};
void own_handler(int) { ++calls; }
void own_action(int, siginfo_t* info, void*) { calls += info->si_signo; }

/// The handler that the process has for a signal now.
sighandler_t handler_of(int number) {
  struct sigaction now {};
  sigaction(number, nullptr, &now);
  return now.sa_handler;
}

TEST(SignalWatch, CountsWhatComesAfterItWasMade) {
  std::optional<SignalWatch> watch;
  watch.emplace(std::vector{SIGTERM, SIGUSR1});
  EXPECT_EQ(watch->received(), 0);
  raise(SIGUSR1);
  EXPECT_EQ(watch->received(), SIGUSR1);
  const SignalWatch later({SIGUSR1});
  EXPECT_EQ(later.received(), 0);
  raise(SIGUSR1);
  EXPECT_EQ(later.received(), SIGUSR1);
}

TEST(SignalWatch, NoSignalNoHandler) {
  const SignalWatch watch({});
  EXPECT_EQ(handler_of(SIGTERM), SIG_DFL);
  EXPECT_EQ(watch.received(), 0);
}

TEST(SignalWatch, PutsBackTheDefault) {
  {
    const SignalWatch watch({SIGTERM, SIGTERM});
    const SignalWatch second({SIGTERM});
    EXPECT_NE(handler_of(SIGTERM), SIG_DFL);
  }
  EXPECT_EQ(handler_of(SIGTERM), SIG_DFL);
}

TEST(SignalWatch, TheLastOfSeveralPutsBack) {
  std::optional<SignalWatch> first(std::in_place, std::vector{SIGUSR2});
  std::optional<SignalWatch> second(std::in_place, std::vector{SIGUSR2});
  first.reset();
  raise(SIGUSR2);
  EXPECT_EQ(second->received(), SIGUSR2);
  second.reset();
  EXPECT_EQ(handler_of(SIGUSR2), SIG_DFL);
}

TEST(SignalWatch, CallsTheHandlerThatWasThereAndPutsItBack) {
  signal(SIGUSR1, own_handler);
  calls = 0;
  {
    const SignalWatch watch({SIGUSR1});
    raise(SIGUSR1);
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(watch.received(), SIGUSR1);
  }
  EXPECT_EQ(handler_of(SIGUSR1), own_handler);
  signal(SIGUSR1, SIG_DFL);
}

TEST(SignalWatch, HandsTheDetailsToAHandlerThatTakesThem) {
  struct sigaction action {};
  action.sa_sigaction = own_action;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGUSR1, &action, nullptr);
  calls = 0;
  {
    const SignalWatch watch({SIGUSR1});
    raise(SIGUSR1);
  }
  EXPECT_EQ(calls, SIGUSR1);
  signal(SIGUSR1, SIG_DFL);
}

TEST(SignalWatch, AnIgnoredSignalIsCountedAndIgnoredAgain) {
  signal(SIGHUP, SIG_IGN);
  {
    const SignalWatch watch({SIGHUP});
    raise(SIGHUP);
    EXPECT_EQ(watch.received(), SIGHUP);
  }
  EXPECT_EQ(handler_of(SIGHUP), SIG_IGN);
  signal(SIGHUP, SIG_DFL);
}

TEST(SignalWatch, LeavesAHandlerThatWasInstalledLater) {
  {
    const SignalWatch watch({SIGUSR1});
    signal(SIGUSR1, own_handler);
  }
  EXPECT_EQ(handler_of(SIGUSR1), own_handler);
  signal(SIGUSR1, SIG_DFL);
}

/// Somebody saved Tessera's handler and put it back when no watch lived: a new watch must not call itself for ever.
TEST(SignalWatch, DoesNotCallItself) {
  struct sigaction saved {};
  {
    const SignalWatch watch({SIGUSR1});
    sigaction(SIGUSR1, nullptr, &saved);
  }
  sigaction(SIGUSR1, &saved, nullptr);
  {
    const SignalWatch watch({SIGUSR1});
    raise(SIGUSR1);
    EXPECT_EQ(watch.received(), SIGUSR1);
  }
  signal(SIGUSR1, SIG_DFL);
}

TEST(SignalWatch, SignalsFromAnyThread) {
  const SignalWatch watch({SIGUSR1});
  std::thread([] { raise(SIGUSR1); }).join();
  EXPECT_EQ(watch.received(), SIGUSR1);
}

TEST(SignalWatch, WithoutAWatchTheSignalKillsAsBefore) {
  { const SignalWatch watch({SIGTERM}); }
  const pid_t child = fork();
  if (child == 0) {
    raise(SIGTERM);
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
}

TEST(SignalWatch, RefusesWhatCannotBeCaughtOrSurvived) {
  for (const int number : {0, -1, NSIG, 1000, SIGKILL, SIGSTOP, SIGSEGV, SIGFPE, SIGBUS, SIGABRT, SIGILL}) {
    try {
      const SignalWatch watch({SIGUSR1, number});
      ADD_FAILURE() << number;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
      EXPECT_NE(std::string(error.what()).find(signal_name(number)), std::string::npos) << error.what();
    }
    EXPECT_EQ(handler_of(SIGUSR1), SIG_DFL);
  }
}

/// glibc keeps signal 32 for itself: sigaction refuses it, after the first signal of the list was installed.
TEST(SignalWatch, WhatTheSystemRefusesUndoesTheRest) {
  EXPECT_THROW(SignalWatch({SIGUSR1, 32}), Error);
  EXPECT_EQ(handler_of(SIGUSR1), SIG_DFL);
}

TEST(SignalWatch, Names) {
  EXPECT_EQ(signal_name(SIGTERM), "SIGTERM");
  EXPECT_EQ(signal_name(40), "signal 40");
}

}  // namespace
