#include <gtest/gtest.h>

#include <cstdlib>

#include "support/engine.hpp"
#include "support/scene.hpp"

/// \file
/// How much a file may hold: what is just possible is in the file, what is not is refused on every rank.

using namespace tessera_test;
using tessera::Attributes;
using tessera::ErrorCode;
using tessera::FieldOptions;
using tessera::Grid;
using tessera::Index;

namespace {

/// HDF5 keeps attributes of less than 64 KiB in the object's header, others elsewhere.
Attributes texts_around_64_kib() {
  Attributes attributes;
  for (const std::size_t size : {0u, 1u, 60000u, 65000u, 65500u, 65535u, 65536u, 65537u, 100000u, 1u << 20}) {
    attributes.push_back({"text_" + std::to_string(size), std::string(size, 'x')});
  }
  return attributes;
}

TEST(Limits, AttributesBeyond64KiB) {
  TestFile file;
  auto run = file.run("run", texts_around_64_kib());
  Attributes of_field = texts_around_64_kib();
  of_field.push_back({"numbers", std::vector<double>(20000, 0.1)});
  of_field.push_back({"texts", std::vector<std::string>{"short", std::string(70000, 'y')}});
  const auto field =
      run.field<double>("field", Grid{{8, 5}}, {.unit = std::string(70000, 'u'), .attributes = of_field});
  for (int n = 0; n < 3; ++n) {
    auto step = run.step(n);
    step.put(field, slabs({8, 5}, file.size()));
    step.commit();
    run.attribute("late_" + std::to_string(n), std::string(66000, 'z'));
  }
  file.close();
}

TEST(Limits, ManyAttributes) {
  TestFile file;
  Attributes many;
  for (int i = 0; i < 3000; ++i) many.push_back({"attribute_" + std::to_string(i), i});
  auto run = file.run("run", many);
  const auto field = run.field<double>("field", Grid{{8, 5}}, {.attributes = many});
  auto step = run.step(0);
  step.put(field, slabs({8, 5}, file.size()));
  step.commit();
  file.close();
}

/// The list of datasets that the time axis belongs to (16 bytes each) is beyond 64 KiB, which parallel HDF5 cannot
/// write on several ranks. Commits after the first have many datasets to lengthen.
TEST(Limits, ManyScalars) {
  if (world_size() != 2) return;  // it takes a while, and once is enough
  const int count = is_collective() ? 4000 : 4200;
  TestFile file;
  auto run = file.run("run");
  for (int n = 0; n < 3; ++n) {
    auto step = run.step(n);
    for (int i = 0; i < count; ++i) step.scalar("scalar_" + std::to_string(i), i);
    step.commit();
  }
  if (is_collective()) {
    expect_error({ErrorCode::invalid_argument,
                  {"run 'run' has 4000 fields and scalars", "collective engine", "another run"}},
                 [&] { run.raw().scalar("one_more", {}); });
  }
  file.close();
}

TEST(Limits, AxesOnBothSidesOfTheLongestCoordinates) {
  const std::int64_t longest = std::int64_t{1} << 22;
  TestFile file;
  auto run = file.run("run");
  auto statics = run.statics();
  for (const auto& [name, length] : {std::pair("with", longest), std::pair("without", longest + 1)}) {
    const Grid grid{{length}, {.spacing = {0.5}, .origin = {3}, .axes = {std::string("axis_") + name}, .unit = "m"}};
    const auto field = run.field<std::int8_t>(name, grid, {.time_dependent = false});
    statics.put(field, slabs(field.shape(), file.size()));
  }
  statics.commit();
  file.close();
}

TEST(Limits, AttributesOfMoreThan64MiBAreRefused) {
  const std::string most(std::size_t{64} << 20, 'x');
  if (world_size() == 1) {
    tessera::Writer writer(MPI_COMM_WORLD, output_path(".most"), {.overwrite = true});
    EXPECT_NO_THROW(writer.run("run", {{"most", most}}));
    EXPECT_NO_THROW(writer.close());
  }
  Scene scene;
  const Wanted wanted{ErrorCode::invalid_argument, {"the attribute 'other' of run", "67108865 bytes", "static field"}};
  scene.refuse_call(wanted, [&](bool wrong) { scene.run.raw().attribute("other", wrong ? most + 'x' : "x"); });
  std::vector<std::string> wide(65);
  wide.front() = std::string(1 << 20, 'x');
  scene.refuse_call({ErrorCode::invalid_argument, {"'other'", "68157440 bytes"}}, [&](bool wrong) {
    scene.file.raw().run("other", {{"other", wrong ? wide : std::vector<std::string>{}}});
  });
  scene.refuse_call({ErrorCode::invalid_argument, {"the unit of field 'other'", "67108865 bytes"}}, [&](bool wrong) {
    scene.define<double>("other", Grid{scene_shape}, {.unit = wrong ? most + 'x' : "m"});
  });
}

TEST(Limits, MoreAttributesThanHdf5NumbersAreRefused) {
  Scene scene;
  Attributes many;
  for (int i = 0; i <= 65000; ++i) many.push_back({std::to_string(i), i});
  scene.refuse_call({ErrorCode::invalid_argument, {"run 'other'", "65001 attributes", "65000"}},
                    [&](bool wrong) { scene.file.raw().run("other", wrong ? many : Attributes{}); });
}

TEST(Limits, FieldsOfMoreBytesThanAFileHoldsAreRefused) {
  Scene scene;
  const Grid grid{{1 << 20, 1 << 20, 1 << 20}, {.axes = {"a", "b", "c"}}};
  scene.refuse_call({ErrorCode::invalid_argument, {"field 'other' of run 'run'", "2^62 bytes", "smaller"}},
                    [&](bool wrong) {
                      scene.define<double>("other", wrong ? grid : Grid{scene_shape}, {.components = 3});
                    });
}

/// As many as possible: 2^31 chunks in each of two steps. The third is refused, and the steps are still good.
TEST(Limits, ChunksBeyond32BitsAreRefused) {
  if (is_collective()) return;  // parallel HDF5 allocates all chunks of a step, also those that nobody writes
  tessera::Writer writer(MPI_COMM_WORLD, output_path(), {.overwrite = true});
  auto run = writer.run("run");
  const std::int64_t cells = std::int64_t{1} << 31;
  expect_error({ErrorCode::invalid_argument,
                {"field 'given'", "4294967297 chunks of (1,)", "32 bits", "FieldOptions::chunk"}},
               [&] { run.field<std::int8_t>("given", Grid{{2 * cells + 1}}, {.fill = 7, .chunk = {1}}); });
  const auto field = run.field<std::int8_t>("field", Grid{{cells}, {.axes = {"a"}}}, {.fill = 7, .chunk = {1}});
  const std::int8_t value = 1;
  const tessera::Box own = tessera::Box::at({cells - 1 - world_rank()}, {1});
  for (int n = 0; n < 2; ++n) {
    auto step = run.step(n);
    step.put(field, own, &value);
    EXPECT_NO_THROW(step.commit());
  }
  {
    auto step = run.step(2);
    step.put(field, own, &value);
    expect_error({ErrorCode::invalid_argument,
                  {"field 'field'", "2147483648 chunks of (1,) in each of 3 steps", "another run"}},
                 [&] { step.commit(); });
  }
  // 2^57 bytes take more than 2^32 chunks of 16 MiB, the largest that are chosen.
  auto other = writer.run("other");
  expect_error({ErrorCode::invalid_argument,
                {"field 'vast' of run 'other'", "TiB", "chunks of 16 MiB", "FieldOptions::chunk"}},
               [&] {
                 other.field<double>("vast", Grid{{1 << 18, 1 << 18, 1 << 18}}, {.fill = 7});
               });
  // 2^52 bytes in chunks of 1 MiB would be 2^32 and more; larger ones are chosen then.
  const auto large = other.field<double>("large", Grid{{1 << 17, 1 << 16, 1 << 16}}, {.fill = 7});
  other.field<double>("nobody", Grid{{1 << 17, 1 << 16, 1 << 16}}, {.fill = 7});
  for (int n = 0; n < 2; ++n) {
    auto step = other.step(n);
    const double number = 1;
    step.put(large, tessera::Box::at({0, 0, world_rank()}, {1, 1, 1}), &number);
    EXPECT_NO_THROW(step.commit());
  }
  EXPECT_NO_THROW(writer.close());
}

}  // namespace
