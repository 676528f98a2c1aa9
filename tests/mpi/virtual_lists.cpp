#include <gtest/gtest.h>

#include <tessera/tessera.hpp>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "support/outside.hpp"

/// \file
/// Lists of what virtual datasets refer to, and texts of variable length, of which a byte is damaged: the same error on
/// every rank, which names the dataset. HDF5 1.10.8 reads and writes behind its buffers there.

using namespace tessera_test;
using tessera::Box;
using tessera::ErrorCode;
using tessera::Reader;

namespace {

constexpr std::int64_t half = 8000;  // what is small is copied

std::vector<double> values_of(int part) { return std::vector<double>(half, part + 1.5); }

void write_part(const std::string& path, int part) {
  tessera::Writer out(MPI_COMM_SELF, path, {});
  auto run = out.run("a");
  const auto p = run.field<double>("p", tessera::Grid{{half}, {.origin = {static_cast<double>(half * part)}}});
  auto step = run.step(0);
  step.put(p, Box{{0}, {half}}, values_of(part));
  step.commit();
  out.close();
}

/// A global heap, and the object in it that is a list.
struct Place {
  std::size_t heap = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
};

std::uint64_t number(const std::string& bytes, std::size_t at) {
  std::uint64_t value = 0;
  std::memcpy(&value, &bytes[at], sizeof value);
  return value;
}

/// Names of segments are also in an attribute, in such an object each.
Place place_of(const std::string& bytes) {
  constexpr std::size_t header = 16;
  for (std::size_t heap = bytes.find("GCOL"); heap != std::string::npos; heap = bytes.find("GCOL", heap + 1)) {
    const std::size_t end = heap + number(bytes, heap + 8);
    for (std::size_t at = heap + header; at + header < end;) {
      const std::size_t size = number(bytes, at + 8);
      const std::string object = bytes.substr(at + header, size);
      const bool is_list = object.find("part_0.h5") != std::string::npos && object.find("/a/p") != std::string::npos;
      if (is_list) return {heap, at + header, at + header + size};
      at += header + (size + 7) / 8 * 8;
    }
  }
  ADD_FAILURE() << "no list";
  return {};
}

class VirtualLists : public testing::Test {
 protected:
  VirtualLists() : directory_(fresh_directory()), path(directory_ + "/all.h5") {
    on_first_rank([&] {
      const std::vector<std::string> parts{directory_ + "/part_0.h5", directory_ + "/part_1.h5"};
      for (int part = 0; part < 2; ++part) write_part(parts[static_cast<std::size_t>(part)], part);
      tessera::join_segments(path, parts);
    });
    std::ifstream in(path, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(in), {});
    place = place_of(bytes);
  }

  /// The file, with another byte at a place.
  void damage(std::size_t at, char mask) {
    on_first_rank([&] {
      std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
      file.seekp(static_cast<std::streamoff>(at)).put(static_cast<char>(bytes[at] ^ mask));
    });
  }

  void read() const {
    Reader in(MPI_COMM_WORLD, path);
    auto step = in.run("a").step(0);
    for (int part = 0; part < 2; ++part) {
      std::vector<double> found(half);
      step.get("p", Box{{half * part}, {half * (part + 1)}}, found);
      step.read();
      if (found != values_of(part)) throw tessera::Error(ErrorCode::internal, "wrong values");
    }
    in.close();
  }

 private:
  const std::string directory_;

 protected:
  const std::string path;
  std::string bytes;
  Place place;
};

TEST_F(VirtualLists, AreReadWhereTheyAreSound) { EXPECT_NO_THROW(read()); }

TEST_F(VirtualLists, OfWhichAByteIsDamagedAreAnErrorThatNamesTheDataset) {
  for (std::size_t at = place.begin; at < place.end; at += 1 + (place.end - place.begin) / 200) {
    for (const char mask : {'\x01', '\xff'}) {
      damage(at, mask);
      expect_error({ErrorCode::hdf5, {"/a/p", "virtual dataset", "global heap at byte " + std::to_string(place.heap)}},
                   [&] { read(); });
      damage(at, 0);
    }
  }
  EXPECT_NO_THROW(read());
}

/// Its number, its size, and the heap's, in which others have objects too.
TEST_F(VirtualLists, WhoseHeadersAreDamagedAreAnError) {
  constexpr std::size_t header = 16;
  for (const std::size_t at : {place.heap + 9, place.begin - header, place.begin - header + 8}) {
    damage(at, '\x10');
    expect_error({ErrorCode::hdf5, {"damaged"}}, [&] { read(); });
    damage(at, 0);
  }
}

TEST_F(VirtualLists, ThatAreDamagedAreNotContinued) {
  damage(place.begin + 9, '\x01');
  const Thrown thrown = thrown_by([&] { tessera::Writer(MPI_COMM_WORLD, path, {.open = tessera::OpenMode::append}); });
  expect_same_error(thrown, {ErrorCode::hdf5, {"/a/p", "virtual dataset"}});
}

/// Where a text lies in which heap: of each its length, the heap's address, and the number in it.
TEST(TextsOfVariableLength, OfWhichAReferenceIsDamagedAreAnError) {
  if (!has_python()) GTEST_SKIP() << "needs Python with h5py";
  const std::string path = fresh_directory() + "/named.h5";
  {
    tessera::Writer out(MPI_COMM_WORLD, path, {});
    auto run = out.run("a");
    const auto u = run.field<float>("u", tessera::Grid{{4}}, {.components = 2, .component_names = {"north", "east"}});
    auto step = run.step(0);
    if (world_rank() == 0) step.put(u, Box{{0}, {4}}, std::vector<float>(8, 1.0F));
    step.commit();
    out.close();
  }
  const auto read = [&] { Reader(MPI_COMM_WORLD, path).close(); };
  const auto append = [&] { tessera::Writer(MPI_COMM_WORLD, path, {.open = tessera::OpenMode::append}); };
  EXPECT_NO_THROW(read());
  const std::size_t texts = std::stoul(python(R"(
f = h5py.File(sys.argv[1])
print(f['a/u'].dims[2][0].id.get_offset())
)",
                                              path));
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  for (const std::size_t at : {0, 3, 4, 5, 11, 12, 13, 15}) {
    for (const char mask : {'\x10', '\xff'}) {
      char before = 0;
      file.seekg(static_cast<std::streamoff>(texts + at)).get(before);
      const auto put = [&](char byte) {
        on_first_rank([&] { file.seekp(static_cast<std::streamoff>(texts + at)).put(byte).flush(); });
      };
      MPI_Barrier(MPI_COMM_WORLD);
      put(static_cast<char>(before ^ mask));
      expect_error({ErrorCode::hdf5, {"/a/component", "damaged reference"}}, read);
      expect_error({ErrorCode::hdf5, {"cannot be continued", "damaged reference"}}, append);
      put(before);
    }
  }
  EXPECT_NO_THROW(read());
}

}  // namespace
