#include <gtest/gtest.h>

#include <tessera/kokkos.hpp>

#include <cmath>
#include <limits>

#include "support/device_view.hpp"
#include "support/for_each_index.hpp"
#include "support/formula.hpp"
#include "support/test_file.hpp"

/// \file
/// Copies of a part of a view between the default execution space, a device where Kokkos has one, and the host.

using namespace tessera_test;
using tessera::DataType;
using tessera::Index;
using Part = tessera::detail::DeviceMemory::Part;

namespace {

using View = Kokkos::View<double***, Kokkos::LayoutLeft, DeviceSpace>;

const Index extents{4, 3, 5};

View formula_view() {
  return filled_on_device<View>(extents, [](auto&& host) {
    for_each_index(extents, [&](const Index& index) { at(host, index) = value_at<double>(1, 1, index); });
  });
}

/// What a copy has for the index in the part.
template <class T>
T copied_value(const tessera::detail::DeviceMemory::HostCopy& copy, const Part& part, const Index& index) {
  std::int64_t place = 0;
  for (std::size_t axis = 0; axis < index.size(); ++axis) place = place * part.extents[axis] + index[axis];
  return static_cast<const T*>(copy.data.get())[place];
}

Index sum(Index index, const Index& first) {
  for (std::size_t axis = 0; axis < index.size(); ++axis) index[axis] += first[axis];
  return index;
}

TEST(DeviceCopy, IsThePartInCOrder) {
  const Part part{{1, 0, 2}, {2, 3, 2}};
  const auto copy = seen_on_device(formula_view()).device()->to_host(part, DataType::float64);
  ASSERT_EQ(copy.type, DataType::float64);
  EXPECT_FALSE(copy.is_whole);
  for_each_index(part.extents, [&](const Index& index) {
    EXPECT_EQ(copied_value<double>(copy, part, index), value_at<double>(1, 1, sum(index, part.first)));
  });
}

TEST(DeviceCopy, IsOfTheStoredType) {
  const Part part{{1, 0, 2}, {2, 3, 2}};
  const auto copy = seen_on_device(formula_view()).device()->to_host(part, DataType::float32);
  ASSERT_EQ(copy.type, DataType::float32);
  for_each_index(part.extents, [&](const Index& index) {
    EXPECT_EQ(copied_value<float>(copy, part, index),
              static_cast<float>(value_at<double>(1, 1, sum(index, part.first))));
  });
}

/// As the host converts: to nearest, with signed zeros, subnormal numbers, and what is out of range infinite.
TEST(DeviceCopy, ConvertsAsTheHostDoes) {
  using Limits = std::numeric_limits<double>;
  const std::vector<double> values{0.0,    -0.0,    1.0 / 3, 1 + 0x1p-24, 1 + 0x1p-24 + 0x1p-50,
                                   1e-40,  -1e-46,  1e39,    -1e39,       Limits::infinity(),
                                   -1e300, 0x1p-149};
  using Line = Kokkos::View<double*, DeviceSpace>;
  const Index count{values.size() + 1};
  const Line view = filled_on_device<Line>(count, [&](auto&& host) {
    for (std::size_t n = 0; n < values.size(); ++n) host(n) = values[n];
    host(values.size()) = Limits::quiet_NaN();
  });
  const auto copy = seen_on_device(view).device()->to_host({{0}, count}, DataType::float32);
  const auto* converted = static_cast<const float*>(copy.data.get());
  for (std::size_t n = 0; n < values.size(); ++n) {
    const auto expected = static_cast<float>(values[n]);
    EXPECT_EQ(std::memcmp(&converted[n], &expected, sizeof expected), 0) << values[n] << " became " << converted[n];
  }
  EXPECT_TRUE(std::isnan(converted[values.size()]));
}

/// More than goes through the device's buffer at a time, there and back.
TEST(DeviceCopy, IsOfAnySize) {
  using Bytes = Kokkos::View<std::uint8_t**, Kokkos::LayoutRight, DeviceSpace>;
  const Part part{{1, 1}, {7, 5 << 20}};
  const auto value = [](std::int64_t i, std::int64_t j) { return static_cast<std::uint8_t>(i * 31 + j % 251); };
  const Bytes view = filled_on_device<Bytes>({9, (5 << 20) + 2}, [&](auto&& host) {
    for (std::int64_t i = 0; i < 7; ++i) {
      for (std::int64_t j = 0; j < part.extents[1]; ++j) host(i + 1, j + 1) = value(i, j);
    }
  });
  const auto device = seen_on_device(view).device();
  const auto copy = device->to_host(part, DataType::uint8);
  const auto* bytes = static_cast<const std::uint8_t*>(copy.data.get());
  const auto wrong = [&](auto&& at_place) {
    std::int64_t count = 0;
    for (std::int64_t i = 0; i < 7; ++i) {
      for (std::int64_t j = 0; j < part.extents[1]; ++j) count += at_place(i, j) == value(i, j) ? 0 : 1;
    }
    return count;
  };
  EXPECT_EQ(wrong([&](auto i, auto j) { return bytes[i * part.extents[1] + j]; }), 0);
  set_all(view, std::uint8_t{1});
  device->from_host(part, bytes);
  const auto host = Kokkos::create_mirror_view(view);
  Kokkos::deep_copy(host, view);
  EXPECT_EQ(wrong([&](auto i, auto j) { return host(i + 1, j + 1); }), 0);
  EXPECT_EQ(host(0, 5), 1);
  EXPECT_EQ(host(8, 5), 1);
  EXPECT_EQ(host(3, 0), 1);
  EXPECT_EQ(host(3, part.extents[1] + 1), 1);
}

TEST(DeviceCopy, BackLeavesWhatLiesAroundThePart) {
  const Part part{{1, 0, 2}, {2, 3, 2}};
  const View view = formula_view();
  const std::vector<double> values(12, 5.0);
  seen_on_device(view).device()->from_host(part, values.data());
  const auto host = Kokkos::create_mirror_view(view);
  Kokkos::deep_copy(host, view);
  for_each_index(extents, [&](const Index& index) {
    bool is_inside = true;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      is_inside = is_inside && index[axis] >= part.first[axis] && index[axis] < part.first[axis] + part.extents[axis];
    }
    EXPECT_EQ(at(host, index), is_inside ? 5.0 : value_at<double>(1, 1, index));
  });
}

TEST(DeviceCopy, OutlivesTheView) {
  std::shared_ptr<const void> data;
  {
    using Line = Kokkos::View<double*, DeviceSpace>;
    const Line view = make_view<Line>({3});
    set_all(view, 2.5);
    data = seen_on_device(view).device()->to_host({{0}, {3}}, DataType::float64).data;
  }
  EXPECT_EQ(static_cast<const double*>(data.get())[2], 2.5);
}

TEST(DeviceCopy, BuffersAreUsedAgainOneAtATime) {
  const auto device = seen_on_device(formula_view()).device();
  const Part all{{0, 0, 0}, extents};
  auto first = device->to_host(all, DataType::float64).data;
  const auto second = device->to_host(all, DataType::float64).data;
  EXPECT_NE(first, second);
  const void* address = first.get();
  first.reset();
  EXPECT_EQ(device->to_host(all, DataType::float64).data.get(), address);
}

TEST(DeviceCopy, OfAConstViewIsNotWrittenTo) {
  const Kokkos::View<const double***, Kokkos::LayoutLeft, DeviceSpace> view = formula_view();
  EXPECT_FALSE(seen_on_device(view).device()->is_writable());
  EXPECT_TRUE(seen_on_device(formula_view()).device()->is_writable());
}

}  // namespace
