#include <gtest/gtest.h>
#include <mpi.h>

#include <cmath>
#include <cstring>
#include <string>

#include <tessera/tessera.hpp>

#include "support/blocks.hpp"
#include "support/for_each_index.hpp"

using namespace tessera_test;
using tessera::Codec;
using tessera::Grid;
using tessera::Index;

namespace {

/// SplitMix64 (Steele, Lea, Flood 2014): noise that tests/interop/check_filters.py can make too.
std::uint64_t noise(std::uint64_t number) {
  std::uint64_t z = (number + 1) * 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

template <class T>
T from_bits(std::uint64_t bits) {
  T value;
  std::memcpy(&value, &bits, sizeof value);  // little-endian: the lowest bytes
  return value;
}

/// Values as functions of the global number of the cell.
enum class Kind { noise, constant, smooth };

template <class T>
T value_of(Kind kind, std::int64_t number) {
  switch (kind) {
    case Kind::noise: return from_bits<T>(noise(static_cast<std::uint64_t>(number)));
    case Kind::constant: return static_cast<T>(7);
    default: return static_cast<T>(number / 16 % 100);
  }
}

/// A file with one step of each field.
class EveryKind {
 public:
  EveryKind() : out_(MPI_COMM_WORLD, "filters.h5", {.overwrite = true}) {
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &size_);
  }

  template <class T>
  void write(Kind kind, const std::string& name, const Index& shape, const Index& chunk, const Codec& codec = {}) {
    // Axes of its own for each: a group of its own is the easiest way.
    auto run = out_.run(name);
    const auto field = run.field<T>("values", Grid{shape}, {.chunk = chunk, .codec = codec});
    auto step = run.step(0);
    const auto boxes = slabs(shape, size_)[static_cast<std::size_t>(rank_)];
    std::vector<std::vector<T>> arrays;
    for (const tessera::Box& box : boxes) {
      std::vector<T>& values = arrays.emplace_back();
      for_each_index(box.extents(), [&](const Index& index) {
        std::int64_t number = 0;
        for (std::size_t axis = 0; axis < shape.size(); ++axis) {
          number = number * shape[axis] + box.lower[axis] + index[axis];
        }
        values.push_back(value_of<T>(kind, number));
      });
    }
    for (std::size_t i = 0; i < boxes.size(); ++i) step.put(field, boxes[i], arrays[i].data());
    step.commit();
  }

  void close() { out_.close(); }

 private:
  tessera::Writer out_;
  int rank_ = 0;
  int size_ = 1;
};

/// Data that deflate makes smaller and data that it does not, in chunks of a few bytes to more than 4 MiB.
TEST(Filters, EveryChunkPassesEveryFilter) {
  EveryKind file;
  const Index shape{17, 24, 20};
  const Index chunk{5, 12, 20};
  file.write<double>(Kind::noise, "noise_float64", shape, chunk);
  file.write<float>(Kind::noise, "noise_float32", shape, chunk);
  file.write<std::int64_t>(Kind::noise, "noise_int64", shape, chunk);
  file.write<std::uint16_t>(Kind::noise, "noise_uint16", shape, chunk);
  file.write<std::uint8_t>(Kind::noise, "noise_uint8", shape, chunk);
  file.write<double>(Kind::noise, "noise_unshuffled_float64", shape, chunk, {4, false});
  file.write<double>(Kind::noise, "noise_level1_float64", shape, chunk, Codec::deflate(1));
  file.write<float>(Kind::noise, "noise_level9_float32", shape, chunk, Codec::deflate(9));
  file.write<double>(Kind::constant, "constant_float64", shape, chunk);
  file.write<std::int8_t>(Kind::constant, "constant_int8", shape, chunk);
  file.write<double>(Kind::smooth, "smooth_float64", shape, chunk);
  file.write<std::uint8_t>(Kind::smooth, "smooth_uint8", shape, chunk);
  for (const Kind kind : {Kind::noise, Kind::constant}) {
    const std::string name = kind == Kind::noise ? "noise" : "constant";
    file.write<double>(kind, name + "_one_element_float64", {3, 2, 2}, {1, 1, 1});
    file.write<std::uint8_t>(kind, name + "_one_element_uint8", {3, 2, 2}, {1, 1, 1});
    file.write<std::uint8_t>(kind, name + "_three_bytes_uint8", {4, 2, 3}, {1, 1, 3});
    file.write<std::int16_t>(kind, name + "_ten_bytes_int16", {4, 2, 5}, {1, 1, 5});
  }
  // Stored blocks have at most 65,535 bytes.
  file.write<std::uint8_t>(Kind::noise, "noise_65535_uint8", {5, 257, 255}, {1, 257, 255});
  file.write<std::uint8_t>(Kind::noise, "noise_65536_uint8", {5, 256, 256}, {1, 256, 256});
  file.write<double>(Kind::noise, "noise_large_float64", {84, 84, 84}, {84, 84, 84});
  file.write<std::uint8_t>(Kind::noise, "noise_large_uint8", {84, 250, 210}, {84, 250, 210});
  file.close();
}

}  // namespace
