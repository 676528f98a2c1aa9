#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "support/test_file.hpp"

/// \file
/// With SOURCE_DATE_EPOCH, equal programs on as many ranks write equal bytes, whenever they run.

using namespace tessera_test;

namespace {

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Several runs, kinds of fields and scalars; fields that come late; ranks that own nothing.
std::string write(const std::string& suffix) {
  TestFile file({.overwrite = true}, suffix);
  const tessera::Index shape{9, 7, 5};
  for (const char* name : {"a", "b"}) {
    auto run = file.run(name, {{"p", 1}, {"text", "words"}});
    const auto filled = run.field<float>("filled", tessera::Grid{shape}, {.fill = -1.0f});
    const auto vector = run.field<double>("vector", tessera::Grid{shape}, {.unit = "m", .components = 3});
    const auto still = run.field<std::int32_t>("still", tessera::Grid{shape}, {.time_dependent = false});
    auto statics = run.statics();
    statics.put(still, uneven_slabs(shape, file.size()));
    statics.commit();
    for (int n = 0; n < 4; ++n) {
      auto step = run.step(n);
      step.put(vector, bricks(shape, file.size()));
      if (n % 2 == 1) step.put(filled, all_on(shape, file.size(), file.size() - 1));
      step.scalar("energy", 0.5 * n);
      step.commit();
    }
  }
  file.close();
  return file.path();
}

TEST(SameBytes, InTwoFilesThatAreWrittenAtDifferentTimes) {
  setenv("SOURCE_DATE_EPOCH", "1790000000", 1);
  const std::string first = write("first");
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  const std::string second = write("second");
  if (world_rank() != 0) return;
  const std::string a = bytes_of(first);
  const std::string b = bytes_of(second);
  ASSERT_EQ(a.size(), b.size());
  std::size_t different = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] == b[i]) continue;
    if (++different <= 8) ADD_FAILURE() << "byte " << i;
  }
  EXPECT_EQ(different, 0u);
}

}  // namespace
