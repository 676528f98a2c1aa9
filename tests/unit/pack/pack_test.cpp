#include "pack/pack.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include <tessera/box.hpp>
#include <tessera/error.hpp>

#include "arrays.hpp"
#include "pack/pack_plan.hpp"
#include "pack_reference.hpp"

namespace tessera::pack {
namespace {

constexpr DataType all_types[] = {DataType::int8,    DataType::int16,  DataType::int32,  DataType::int64,
                                  DataType::uint8,   DataType::uint16, DataType::uint32, DataType::uint64,
                                  DataType::float32, DataType::float64};

void run_as_plain_loops(const PackJob& job) {
  const PackPlan plan = make_plan(job);
  for (std::int64_t unit = 0; unit < plan.units; ++unit) run_unit(plan, unit);
}

/// Both ways of packing leave the bytes that the reference leaves, and nothing beside them.
void expect_as_reference(const Memory& source, DataType source_type, DataType target_type, const Index& extents) {
  const auto expected = packed_by_reference(source, source_type, target_type, extents);
  for (const bool plain : {false, true}) {
    Memory target = buffer(target_type, extents);
    (plain ? run_as_plain_loops : pack)(job(source, source_type, target, target_type, extents));
    ASSERT_TRUE(target.bytes == expected) << (plain ? "plain loops" : "pack()") << ", " << to_string(source_type)
                                          << " to " << to_string(target_type) << ", extents " << to_string(extents);
  }
}

TEST(Packing, TransposesTheExampleInTheHeader) {
  const double source[] = {1, 4, 2, 5, 3, 6};  // 1 2 3 / 4 5 6 in Fortran order
  double target[6] = {};
  pack({source, DataType::float64, {1, 2}, target, DataType::float64, {3, 1}, {2, 3}});
  for (int i = 0; i < 6; ++i) EXPECT_EQ(target[i], i + 1);
}

TEST(PackReference, TransposesTheExampleInTheHeader) {
  const double source[] = {1, 4, 2, 5, 3, 6};
  double target[6] = {};
  pack_reference({source, DataType::float64, {1, 2}, target, DataType::float64, {3, 1}, {2, 3}});
  for (int i = 0; i < 6; ++i) EXPECT_EQ(target[i], i + 1);
}

TEST(Packing, IsThatOfTheReferenceForEveryTypeLayoutRankAndHalo) {
  std::mt19937 random(10);
  const Index shapes[] = {{}, {7}, {300}, {5, 9}, {40, 35}, {3, 4, 5}, {33, 17, 40}, {2, 9, 8, 3}, {9, 2, 3, 11, 2}};
  for (const DataType type : all_types) {
    for (const Layout layout : all_layouts) {
      for (const Index& extents : shapes) {
        for (const std::int64_t halo : {0, 1, 2}) {
          const Memory source = random_array(type, extents, halo, layout, random);
          expect_as_reference(source, type, type, extents);
          if (HasFatalFailure()) FAIL() << to_string(layout) << ", halo " << halo;
        }
      }
    }
  }
}

TEST(Packing, ConvertsDoubleToFloatAsTheReferenceDoes) {
  std::mt19937 random(11);
  for (const Layout layout : all_layouts) {
    for (const Index& extents : {Index{7}, Index{40, 35}, Index{33, 17, 40}, Index{9, 2, 3, 11, 2}}) {
      const Memory source = random_array(DataType::float64, extents, 1, layout, random);
      expect_as_reference(source, DataType::float64, DataType::float32, extents);
      if (HasFatalFailure()) FAIL() << to_string(layout);
    }
  }
}

TEST(Packing, IsThatOfTheReferenceForRandomShapes) {
  std::mt19937 random(12);
  for (int round = 0; round < 300; ++round) {
    Index extents;
    const std::int64_t largest[] = {0, 3000, 100, 40, 12, 7, 5};
    const auto axes = static_cast<std::size_t>(1 + round % 6);
    for (std::size_t axis = 0; axis < axes; ++axis) {
      extents.push_back(std::uniform_int_distribution<std::int64_t>(1, largest[axes])(random));
    }
    const Memory source = random_array(DataType::float64, extents, round % 3, Layout::shuffled_axes, random);
    expect_as_reference(source, DataType::float64, DataType::float64, extents);
    if (HasFatalFailure()) FAIL() << "round " << round;
  }
}

TEST(Packing, CutsLargeArraysIntoUnitsThatLeaveNothingOut) {
  std::mt19937 random(13);
  for (const Layout layout : {Layout::c_order, Layout::fortran_order, Layout::gaps}) {
    const Index extents{70, 65, 130};
    const Memory source = random_array(DataType::float64, extents, 1, layout, random);
    Memory target = buffer(DataType::float64, extents);
    EXPECT_GT(make_plan(job(source, DataType::float64, target, DataType::float64, extents)).units, 4);
    expect_as_reference(source, DataType::float64, DataType::float64, extents);
  }
  const Index long_row{100001};
  expect_as_reference(random_array(DataType::float64, long_row, 1, Layout::c_order, random), DataType::float64,
                      DataType::float64, long_row);
}

/// One small buffer stands for a large array: every subset of axes may repeat.
TEST(Packing, RepeatsWhatHasAStrideOfZero) {
  std::mt19937 random(14);
  const Index extents{9, 40, 70};
  for (const Layout layout : {Layout::c_order, Layout::fortran_order, Layout::descending}) {
    for (unsigned repeated = 1; repeated < 8; ++repeated) {
      Memory source = random_array(DataType::float64, extents, 0, layout, random);
      for (std::size_t axis = 0; axis < 3; ++axis) {
        if ((repeated >> axis & 1) != 0) source.strides[axis] = 0;
      }
      expect_as_reference(source, DataType::float64, DataType::float64, extents);
      if (HasFatalFailure()) FAIL() << to_string(layout) << ", repeated axes " << repeated;
    }
  }
}

TEST(Packing, CopiesRowsWhereASlowAxisRepeats) {
  const double source[12] = {};
  double target[24];
  const PackPlan plan =
      make_plan({source, DataType::float64, {0, 4, 1}, target, DataType::float64, {12, 4, 1}, {2, 3, 4}});
  EXPECT_EQ(plan.axes[PackPlan::target_fastest].extent, 12);
  EXPECT_EQ(plan.axes[PackPlan::source_fastest].extent, 1) << "a transposition";
}

TEST(Packing, JoinsAxesThatAreContiguousOnBothSides) {
  const double source[24] = {};
  double target[24];
  const PackPlan plan =
      make_plan({source, DataType::float64, {12, 4, 1}, target, DataType::float64, {12, 4, 1}, {2, 3, 4}});
  EXPECT_EQ(plan.axes[PackPlan::target_fastest].extent, 24);
  EXPECT_EQ(plan.units, 1);
}

TEST(Packing, LeavesGapsOfTheTargetAlone) {
  const std::int32_t source[] = {1, 2, 3, 4};
  std::int32_t target[] = {-1, -1, -1, -1, -1, -1, -1};
  pack({source, DataType::int32, {2, 1}, target, DataType::int32, {4, 2}, {2, 2}});
  const std::int32_t expected[] = {1, -1, 2, -1, 3, -1, 4};
  for (int i = 0; i < 7; ++i) EXPECT_EQ(target[i], expected[i]);
}

TEST(Packing, OfNoAxesCopiesOneElement) {
  const double source = 3;
  double target = 0;
  pack({&source, DataType::float64, {}, &target, DataType::float64, {}, {}});
  EXPECT_EQ(target, 3);
}

TEST(Packing, OfAnEmptyAxisCopiesNothing) {
  for (const Index& extents : {Index{0}, Index{3, 0}, Index{0, 3}, Index{2, 0, 4}, Index{2, -1}}) {
    const Index strides = Index::filled(extents.size(), 1);
    const PackJob nothing{nullptr, DataType::float64, strides, nullptr, DataType::float64, strides, extents};
    pack(nothing);
    pack_reference(nothing);
  }
}

TEST(Packing, KeepsEveryBitOfNaNsAndZeros) {
  const std::uint64_t bits[] = {0x7ff8000000000000, 0x7ff0000000000001, 0xfff8dead0000beef, 0x8000000000000000, 0,
                                0x0000000000000001, 0x7ff0000000000000, 0x7fefffffffffffff, 0x7ff4000000000000};
  double source[9];
  double target[9] = {};
  for (int i = 0; i < 9; ++i) source[i] = std::bit_cast<double>(bits[i]);
  pack({source, DataType::float64, {3, 1}, target, DataType::float64, {1, 3}, {3, 3}});  // transposed
  for (int i = 0; i < 9; ++i) EXPECT_EQ(std::bit_cast<std::uint64_t>(target[i % 3 * 3 + i / 3]), bits[i]);
}

TEST(Packing, ToFloatRoundsToNearestAndKeepsSpecialValues) {
  const double source[] = {1.0 + 0x1p-25,
                           0x1.000003p0,
                           1e300,
                           -1e300,
                           -0.0,
                           std::numeric_limits<double>::quiet_NaN(),
                           std::numeric_limits<double>::infinity(),
                           1e-320,
                           -1e-46};
  float target[9] = {};
  pack({source, DataType::float64, {1}, target, DataType::float32, {1}, {9}});
  EXPECT_EQ(target[0], 1.0F);
  EXPECT_EQ(target[1], 0x1.000004p0F);
  EXPECT_EQ(target[2], std::numeric_limits<float>::infinity());
  EXPECT_EQ(target[3], -std::numeric_limits<float>::infinity());
  EXPECT_TRUE(target[4] == 0 && std::signbit(target[4]));
  EXPECT_TRUE(std::isnan(target[5]));
  EXPECT_EQ(target[6], std::numeric_limits<float>::infinity());
  EXPECT_TRUE(target[7] == 0 && !std::signbit(target[7]));
  EXPECT_TRUE(target[8] == 0 && std::signbit(target[8]));
}

TEST(Packing, TakesUnalignedAddresses) {
  std::mt19937 random(14);
  std::vector<std::byte> bytes(8 * 200 + 3);
  std::ranges::generate(bytes, [&] { return static_cast<std::byte>(random() & 0xff); });
  std::vector<std::byte> target(8 * 200 + 5);
  pack({bytes.data() + 3, DataType::float64, {1, 10}, target.data() + 5, DataType::float64, {20, 1}, {10, 20}});
  for (std::size_t i = 0; i < 10; ++i) {
    for (std::size_t j = 0; j < 20; ++j) {
      EXPECT_EQ(std::memcmp(target.data() + 5 + 8 * (20 * i + j), bytes.data() + 3 + 8 * (i + 10 * j), 8), 0);
    }
  }
}

TEST(Packing, ConvertsFloatToDoubleAsTheReferenceDoes) {
  std::mt19937 random(13);
  for (const Layout layout : all_layouts) {
    for (const Index& extents : {Index{7}, Index{40, 35}, Index{33, 17, 40}, Index{9, 2, 3, 11, 2}}) {
      const Memory source = random_array(DataType::float32, extents, 1, layout, random);
      expect_as_reference(source, DataType::float32, DataType::float64, extents);
      if (HasFatalFailure()) FAIL() << to_string(layout);
    }
  }
}

TEST(Packing, RefusesEveryConversionButThoseOfDoubleAndFloat) {
  double source = 0;
  double target = 0;
  for (const DataType from : all_types) {
    for (const DataType to : all_types) {
      const PackJob one{&source, from, {1}, &target, to, {1}, {1}};
      const auto is_floating = [](DataType type) { return type == DataType::float32 || type == DataType::float64; };
      const bool accepted = from == to || (is_floating(from) && is_floating(to));
      try {
        pack(one);
        EXPECT_TRUE(accepted) << to_string(from) << " to " << to_string(to);
      } catch (const Error& error) {
        EXPECT_FALSE(accepted) << error.what();
        EXPECT_EQ(error.code(), ErrorCode::internal);
      }
    }
  }
}

}  // namespace
}  // namespace tessera::pack
