#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/test_file.hpp"

using namespace tessera_test;
using tessera::FieldOptions;
using tessera::Grid;
using tessera::Index;

namespace {

const Index small{17, 13, 11};

template <class T>
class WriteTypes : public testing::Test {};
using Elements = testing::Types<std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t, std::uint16_t,
                                std::uint32_t, std::uint64_t, float, double>;
struct Names {
  template <class T>
  static std::string GetName(int) {
    return to_string(tessera::data_type_of<T>());
  }
};
TYPED_TEST_SUITE(WriteTypes, Elements, Names);

TYPED_TEST(WriteTypes, ScalarsVectorsAndTensorsInEveryMemoryOrder) {
  using T = TypeParam;
  TestFile file;
  auto run = file.run("run");
  const auto scalar = run.field<T>("scalar", Grid{small});
  const auto fortran = run.field<T>("fortran", Grid{small});
  const auto vector = run.field<T>("vector", Grid{small}, FieldOptions<T>{.components = 3});
  const auto tensor = run.field<T>("tensor", Grid{small}, FieldOptions<T>{.components = 6, .time_dependent = false});
  const Blocks blocks = bricks(small, file.size());
  auto statics = run.statics();
  statics.put(tensor, blocks, {.halo = {{1}, {1}}});
  statics.commit();
  for (const double time : {0.0, 0.5}) {
    auto step = run.step(time);
    step.put(scalar, blocks);
    step.put(fortran, blocks, {.halo = {{2, 0, 1}, {0, 1, 3}}, .order = {2, 1, 0}});
    step.put(vector, blocks, {.halo = {{1}, {1}}, .order = {3, 2, 1, 0}, .padding = 2});
    step.commit();
  }
  file.close();
}

TYPED_TEST(WriteTypes, FillValuesReadWhereNobodyPut) {
  using T = TypeParam;
  TestFile file;
  auto run = file.run("run");
  const auto lowest = run.field<T>("lowest", Grid{small}, FieldOptions<T>{.fill = std::numeric_limits<T>::lowest()});
  const auto highest = run.field<T>("highest", Grid{small}, FieldOptions<T>{.fill = std::numeric_limits<T>::max()});
  const Blocks part = slabs({9, 13, 11}, file.size());
  for (int n = 0; n < 4; ++n) {
    auto step = run.step(n);
    if (n != 1) step.put(lowest, part);
    if (n > 1) step.put(highest, n == 2 ? part : slabs(small, file.size()));
    step.scalar("n", n);
    step.commit();
  }
  file.close();
}

TEST(WriteDouble, StoredAsFloat) {
  TestFile file;
  auto run = file.run("run");
  const FieldOptions<double> single{.precision = tessera::Precision::single};
  const auto plain = run.field<double>("plain", Grid{small}, single);
  FieldOptions<double> options = single;
  options.components = 3;
  options.fill = 1e30;
  const auto filled = run.field<double>("filled", Grid{small}, options);
  const Blocks blocks = bricks(small, file.size());
  for (int n = 0; n < 2; ++n) {
    auto step = run.step(n);
    step.put(plain, blocks, {.halo = {{1}, {2}}, .order = {2, 1, 0}});
    if (n == 1) step.put(filled, slabs({17, 5, 11}, file.size()));
    step.commit();
  }
  file.close();
}

/// Bits that arithmetic would change: signed zeros, infinities, quiet NaN with a payload, subnormal numbers.
TEST(WriteDouble, EveryBitIsKept) {
  TestFile file;
  auto run = file.run("run");
  const auto bits = run.field<std::uint64_t>("bits", Grid{{8}}, {.time_dependent = false});
  const auto values = run.field<double>("values", Grid{{8}}, {.time_dependent = false});
  const double nan = std::nan("0x12345");
  const std::vector<double> special{0.0, -0.0, INFINITY, -INFINITY, nan, -nan, 5e-324, -2.2e-308};
  std::vector<std::uint64_t> same(special.size());
  std::memcpy(same.data(), special.data(), sizeof(double) * special.size());
  auto step = run.statics();
  const Blocks blocks = slabs({8}, file.size());
  for (const tessera::Box& box : blocks[static_cast<std::size_t>(file.rank())]) {
    step.raw().put(values.handle, box, special.data() + box.lower[0]);
    step.raw().put(bits.handle, box, same.data() + box.lower[0]);
  }
  step.expect(values, flat(blocks));
  step.expect(bits, flat(blocks));
  bits.expected->values_from = values.expected->values_from = "special_doubles";
  step.commit();
  file.close();
}

}  // namespace
