#include <gtest/gtest.h>

#include "comm/messages.hpp"

using namespace tessera::comm;

namespace {

std::uint32_t word(std::size_t number) { return static_cast<std::uint32_t>(number) * 2654435761u; }

/// One message beyond what an int can count, of words that say where they belong. 2 GiB on each of two ranks.
TEST(LargeMessages, LongerThanTwoGibibytes) {
  const Communicator comm{MPI_COMM_WORLD};
  ASSERT_EQ(comm.size(), 2);
  const std::size_t count = (std::size_t{1} << 29) + 3;
  std::vector<std::uint32_t> words(count);
  Messages messages(comm);
  if (comm.rank() == 0) {
    for (std::size_t i = 0; i < count; ++i) words[i] = word(i);
    messages.send(1, 0, std::as_bytes(std::span(words)));
  } else {
    messages.receive(0, 0, std::as_writable_bytes(std::span(words)));
  }
  messages.finish();
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < count; ++i) wrong += words[i] == word(i) ? 0 : 1;
  EXPECT_EQ(wrong, 0u);
}

}  // namespace
