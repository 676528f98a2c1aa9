#include <gtest/gtest.h>

#include "support/engine.hpp"
#include "support/test_file.hpp"

using namespace tessera_test;
using tessera::Codec;
using tessera::FieldOptions;
using tessera::Grid;
using tessera::Index;

namespace {

TEST(WriteChunks, GivenShapesWithEdgeChunks) {
  const Index shape{17, 13, 11};
  TestFile file;
  auto run = file.run("run");
  std::vector<TestField<double>> fields;
  for (const Index& chunk : {Index{17, 13, 11}, Index{4, 4, 4}, Index{5, 13, 1}, Index{1, 1, 11}, Index{16, 12, 10}}) {
    const std::string name = "chunk_" + std::to_string(fields.size());
    fields.push_back(run.field<double>(name, Grid{shape}, {.chunk = chunk}));
    fields.push_back(run.field<double>(name + "_filled", Grid{shape}, {.components = 3, .fill = -1, .chunk = chunk}));
  }
  for (int n = 0; n < 2; ++n) {
    auto step = run.step(n);
    for (const auto& field : fields) step.put(field, bricks(shape, file.size()), {.halo = {{1}, {1}}});
    step.commit();
  }
  const std::string text = file.raw().explain();
  const std::string reason = "the shape was given";
  std::size_t reasons = 0;
  for (auto at = text.find(reason); at != std::string::npos; at = text.find(reason, at + 1)) ++reasons;
  EXPECT_EQ(reasons, fields.size()) << "once for each field:\n" << text;
  file.close();
}

TEST(WriteChunks, CodecsOfFieldsAndOfTheWriter) {
  const Index shape{8, 7, 6};
  for (const Codec& codec : {Codec{}, Codec::none(), Codec::deflate(9), Codec{1, false}}) {
    TestFile file({.codec = codec}, "." + std::to_string(codec.level) + (codec.shuffle ? "s" : ""));
    auto run = file.run("run");
    auto step = run.step(0);
    const auto put_all = [&](const std::string& name, std::optional<Codec> of_field) {
      const auto wide = run.field<double>(name, Grid{shape}, {.codec = of_field});
      const auto bytes =
          run.field<std::int8_t>(name + "_bytes", Grid{shape}, {.time_dependent = false, .codec = of_field});
      step.put(wide, slabs(shape, file.size()));
      step.put(bytes, slabs(shape, file.size(), 2));
    };
    put_all("default", std::nullopt);
    for (const int level : {0, 1, 9}) {
      put_all("shuffled" + std::to_string(level), Codec::deflate(level));
      put_all("plain" + std::to_string(level), Codec{level, false});
    }
    step.commit();
    file.close();
  }
}

/// Large enough for several chunks of the automatic choice, also with halves of chunks at the far edge.
TEST(WriteChunks, ChosenFromTheDecomposition) {
  const Index shape{70, 66, 64};
  TestFile file({.codec = Codec::deflate(1), .chunk_bytes = 1});
  auto run = file.run("run");
  const auto field = run.field<double>("field", Grid{shape});
  const auto shared = run.field<float>("shared", Grid{shape});
  auto step = run.step(0);
  step.put(field, bricks(shape, file.size()), {.halo = {{1}, {1}}, .order = {2, 1, 0}});
  step.put(shared, interleaved(shape, file.size(), 1));
  step.commit();
  file.close();
}

/// How many of something explain() reports, such as "5 threads"; -1 where it says nothing of it.
int reported(const std::string& text, const std::string& what) {
  const auto end = text.find(" " + what);
  if (end == std::string::npos) return -1;
  const auto begin = text.find_last_not_of("0123456789", end - 1) + 1;
  return std::stoi(text.substr(begin, end - begin));
}

/// Chunks that one block fills are shuffled layer by layer: where layers are smaller and larger than what a cache
/// holds, of all sizes of elements, from C and Fortran order, and beside chunks at the edge, or of several blocks.
TEST(WriteChunks, LargeOnesThatABlockFills) {
  const Index shape{48, 62, 66};
  const Index line{1, 1, 160'000};
  TestFile file;
  auto run = file.run("run");
  const auto halves = run.field<std::int16_t>("halves", Grid{shape}, {.chunk = {24, 62, 66}});
  const auto singles = run.field<float>("singles", Grid{shape}, {.components = 3, .fill = -1, .chunk = {4, 62, 66}});
  const auto doubles = run.field<double>("doubles", Grid{shape}, {.chunk = {12, 62, 66}});
  const auto one = run.field<double>("one", Grid{line, {.axes = {"a", "b", "c"}}}, {.chunk = {1, 1, 40'000}});
  const auto flat = run.field<double>("flat", Grid{{2, 300, 400}, {.axes = {"k", "j", "i"}}}, {.chunk = {1, 300, 400}});
  for (int n = 0; n < 2; ++n) {
    auto step = run.step(n);
    step.put(halves, slabs(shape, file.size()), {.halo = {{1}, {2}}});
    step.put(singles, slabs(shape, file.size()), {.order = {3, 2, 1, 0}});
    step.put(doubles, slabs(shape, file.size(), 1), {.halo = {{1}, {1}}, .order = {2, 1, 0}});
    step.put(one, slabs(line, file.size(), 2));
    step.put(flat, slabs({2, 300, 400}, file.size()));
    step.commit();
  }
  file.close();
}

/// Memory for one chunk or a few at a time: the chunks of a field go into the file in many rounds.
TEST(WriteChunks, InManyRoundsWhereMemoryIsShort) {
  const Index shape{33, 34, 35};
  TestFile file({.memory_budget = 1});
  auto run = file.run("run");
  const auto field = run.field<double>("field", Grid{shape}, {.chunk = {8, 8, 8}});
  const auto vector = run.field<float>("vector", Grid{shape}, {.components = 3, .fill = -1.0f, .chunk = {5, 34, 7}});
  for (int n = 0; n < 3; ++n) {
    auto step = run.step(n);
    step.put(field, n == 1 ? interleaved(shape, file.size(), 2) : bricks(shape, file.size()), {.halo = {{1}, {1}}});
    if (n > 0) step.put(vector, slabs({20, 34, 35}, file.size(), 1), {.order = {3, 2, 1, 0}});
    step.commit();
  }
  // A rank has 32 of the 125 chunks of `field`, or more.
  if (!is_collective()) {
    EXPECT_GT(reported(file.raw().explain(), "rounds"), 3 * 30);
  }
  file.close();
}

/// More threads than processors, fewer chunks than threads, and every chunk shared by ranks.
TEST(WriteChunks, WithThreadsBesideTheRank) {
  const Index shape{33, 34, 35};
  for (const std::size_t threads : {std::size_t{2}, std::size_t{5}}) {
    TestFile file({.memory_budget = std::size_t{6} << 20, .threads = threads}, "_" + std::to_string(threads));
    auto run = file.run("run");
    const auto field = run.field<double>("field", Grid{shape}, {.chunk = {8, 8, 8}});
    const auto one_chunk = run.field<float>("one_chunk", Grid{shape}, {.chunk = shape});
    const auto raw =
        run.field<std::int32_t>("raw", Grid{shape}, {.chunk = {4, 34, 35}, .codec = tessera::Codec::none()});
    for (int n = 0; n < 3; ++n) {
      auto step = run.step(n);
      step.put(field, n == 1 ? interleaved(shape, file.size(), 2) : bricks(shape, file.size()), {.halo = {{1}, {1}}});
      step.put(one_chunk, slabs(shape, file.size(), 1));
      step.put(raw, interleaved(shape, file.size(), 2), {.order = {2, 1, 0}});
      step.commit();
    }
    if (!is_collective()) {
      EXPECT_EQ(reported(file.raw().explain(), "threads"), static_cast<int>(threads));
    }
    file.close();
  }
}

/// The decomposition may change after the chunks were chosen.
TEST(WriteChunks, StayWhenTheDecompositionChanges) {
  const Index shape{40, 36, 33};
  TestFile file({.chunk_bytes = 1});
  auto run = file.run("run");
  const auto field = run.field<double>("field", Grid{shape});
  for (int n = 0; n < 3; ++n) {
    auto step = run.step(n);
    step.put(field, slabs(shape, file.size(), static_cast<std::size_t>(n)));
    step.commit();
  }
  file.close();
}

}  // namespace
