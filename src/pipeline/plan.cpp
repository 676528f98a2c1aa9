#include "pipeline/plan.hpp"

#include <optional>

#include "base/attempt.hpp"
#include "comm/agree.hpp"
#include "comm/exchange.hpp"

namespace tessera::pipeline {

namespace {

constexpr std::size_t bits = 64;  // of a word

/// For each of `count` questions whether every rank says yes. Collective.
template <class Prepare, class Question>
std::vector<bool> all_say_yes(const comm::Communicator& comm, std::size_t count, const Prepare& prepare,
                              const Question& says_yes) {
  std::vector<std::uint64_t> words;
  std::vector<bool> all;
  std::optional<Error> failure;
  attempt(failure, [&] {
    prepare();
    all.resize(count);
    words.resize((count + bits - 1) / bits);
    for (std::size_t i = 0; i < count; ++i) words[i / bits] |= std::uint64_t{says_yes(i)} << i % bits;
  });
  // One word fits into the agreement itself.
  if (count <= bits) {
    const std::uint64_t flags = comm::conclude(comm, "planning", failure, words.empty() ? 0 : words[0]).flags;
    if (!words.empty()) words[0] = flags;
  } else {
    words = comm::common_bits(comm, std::move(words), std::move(failure));
  }
  for (std::size_t i = 0; i < count; ++i) all[i] = (words[i / bits] >> i % bits & 1) != 0;
  return all;
}

}  // namespace

const std::vector<Box>& boxes_of(const OwnBoxes& own, int field) {
  static const std::vector<Box> none;
  const auto found = own.find(field);
  return found == own.end() ? none : found->second;
}

std::vector<bool> fields_left_out(const comm::Communicator& comm, const OwnBoxes& own, std::size_t count) {
  return all_say_yes(
      comm, count, [] {}, [&](std::size_t field) { return !own.contains(static_cast<int>(field)); });
}

std::vector<bool> have_same_boxes(const comm::Communicator& comm, const OwnBoxes& own, std::size_t count,
                                  FunctionRef<void()> prepare,
                                  FunctionRef<std::pair<int, int>(std::size_t)> fields_of) {
  return all_say_yes(comm, count, prepare, [&](std::size_t i) {
    const auto [first, second] = fields_of(i);
    return boxes_of(own, first) == boxes_of(own, second);
  });
}

}  // namespace tessera::pipeline
