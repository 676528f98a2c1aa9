#include "numbered_steps.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "hdf5/check.hpp"
#include "schema/layout.hpp"

namespace tessera::hdf5 {

namespace {

schema::Field field() {
  schema::Field result;
  result.name = "f";
  result.path = "/r/f";
  result.axes = schema::axes_of({{4, 4}}, Location::point);
  result.codec = Codec::none();
  result.chunk = {4, 4};
  return result;
}

}  // namespace

Record record_of(TreeSet& trees, storage::File& file, std::int64_t number) {
  Record record;
  if (number == 0) {
    const schema::Run run{"r", "/r", {}};
    for (const auto& part : {schema::create_run(run, {{"p", 1}}), schema::create_time(run, 0, 0, 512),
                             schema::create_axis("/r", field().axes[0], 1),
                             schema::create_axis("/r", field().axes[1], 2), schema::create_field("/r", field(), 0)}) {
      record.definitions.insert(record.definitions.end(), part.begin(), part.end());
    }
  }
  record.begin = {schema::SetLength{"/r/time", number + 1}, schema::SetLength{"/r/f", number + 1}};
  record.finish = {schema::WriteValues{"/r/time", number, {static_cast<double>(number)}}};
  const std::vector<double> values(16, static_cast<double>(number));
  const std::uint64_t address = trees.end();
  file.write(address, std::as_bytes(std::span(values)));
  trees.reserve(128);
  record.chunks = {{"/r/f", number, {4, 4}, {1, 1}, false, {{0, address, 128, 0}}}};
  return record;
}

int steps_in(const Handle& opened) {
  const Quiet quiet;
  if (opened.get() < 0) return -1;
  const htri_t exists = H5Lexists(opened.get(), "r", H5P_DEFAULT);
  if (exists <= 0) return exists < 0 ? -1 : 0;
  const Handle dataset(H5Dopen2(opened.get(), "/r/f", H5P_DEFAULT), H5Dclose);
  const Handle space(H5Dget_space(dataset.get()), H5Sclose);
  hsize_t shape[3] = {0, 0, 0};
  H5Sget_simple_extent_dims(space.get(), shape, nullptr);
  std::vector<double> values(shape[0] * 16);
  if (H5Dread(dataset.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0) return -1;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] != static_cast<double>(i / 16)) return -1;
  }
  return static_cast<int>(shape[0]);
}

int steps_in(const std::string& path) {
  const Quiet quiet;
  return steps_in(Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose));
}

int steps_in(const MemoryFile& file) {
  // Two programs of these tests may run at the same time.
  const std::string path = ::testing::TempDir() + "tree_set_test." + std::to_string(getpid()) + ".h5";
  file.save(path);
  const int steps = steps_in(path);
  std::filesystem::remove(path);
  return steps;
}

}  // namespace tessera::hdf5
