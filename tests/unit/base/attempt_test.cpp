#include <gtest/gtest.h>

#include <new>
#include <stdexcept>

#include "base/attempt.hpp"

namespace tessera {
namespace {

template <class Throw>
Error caught(Throw&& action) {
  std::optional<Error> failure;
  attempt(failure, action);
  return failure.value_or(Error(ErrorCode::internal, "nothing was thrown"));
}

TEST(Attempts, KeepWhateverIsThrown) {
  const Error own = caught([] { throw Error(ErrorCode::storage, "no space", {3}); });
  EXPECT_EQ(own.code(), ErrorCode::storage);
  EXPECT_STREQ(own.what(), "no space");
  EXPECT_EQ(own.ranks(), std::vector{3});
  EXPECT_EQ(caught([] { throw std::bad_alloc(); }).code(), ErrorCode::out_of_memory);
  EXPECT_EQ(caught([] { throw std::length_error("vector::reserve"); }).code(), ErrorCode::out_of_memory);
  EXPECT_STREQ(caught([] { throw std::runtime_error("it failed"); }).what(), "unexpected: it failed");
  EXPECT_STREQ(caught([] { throw 42; }).what(), "unexpected: an exception of type int was thrown");
}

TEST(Attempts, KeepTheFirstFailure) {
  std::optional<Error> failure;
  attempt(failure, [] { throw std::runtime_error("first"); });
  attempt(failure, [] { throw std::runtime_error("second"); });
  bool is_called = false;
  attempt_unless(failure, [&] { is_called = true; });
  EXPECT_STREQ(failure->what(), "unexpected: first");
  EXPECT_FALSE(is_called);
}

TEST(Errors, AreCopiedWithoutMemory) {
  static_assert(std::is_nothrow_copy_constructible_v<Error>);
  EXPECT_EQ(preallocated_error(ErrorCode::out_of_memory).code(), ErrorCode::out_of_memory);
  EXPECT_EQ(preallocated_error(ErrorCode::not_found).code(), ErrorCode::not_found);
}

}  // namespace
}  // namespace tessera
