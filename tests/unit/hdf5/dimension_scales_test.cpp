#include "hdf5/dimension_scales.hpp"

#include <gtest/gtest.h>
#include <hdf5_hl.h>
#include <unistd.h>

#include <string_view>

#include "hdf5/check.hpp"
#include "hdf5/replay.hpp"
#include "memory_file.hpp"
#include "schema/layout.hpp"

namespace tessera::hdf5 {
namespace {

schema::Field field(int number, int attributes = 0) {
  schema::Field result;
  result.name = "f" + std::to_string(number);
  result.path = "/r/" + result.name;
  result.axes = schema::axes_of({{6, 6}}, Location::point);
  result.codec = Codec{};
  result.chunk = {6, 6};
  for (int n = 0; n < attributes; ++n) result.attributes.push_back({"note_" + std::to_string(n), n});
  return result;
}

/// What a commit with these fields brings into a file.
schema::Operations fields(int begin, int end) {
  schema::Operations all;
  const auto add = [&](const schema::Operations& part) { all.insert(all.end(), part.begin(), part.end()); };
  if (begin == 0) {
    add(schema::create_run({"r", "/r", {}}, {}));
    add(schema::create_time({"r", "/r", {}}, 0, 0, 512));
    for (int axis = 0; axis < 2; ++axis) {
      add(schema::create_axis("/r", field(0).axes[static_cast<std::size_t>(axis)], axis + 1));
    }
  }
  for (int n = begin; n < end; ++n) add(schema::create_field("/r", field(n), 0));
  return all;
}

struct DimensionScalesTest : ::testing::Test {
  Quiet quiet;
  MemoryFile file;
  Space space;
  std::unique_ptr<Member> member = std::make_unique<Member>(file, space);
  History history;

  void commit(schema::Operations definitions) {
    history.push({std::move(definitions), {}, {}, {}});
    replay(history, *member);
    ASSERT_GE(H5Fflush(member->tree.file(), H5F_SCOPE_GLOBAL), 0);
    member->driver.emit();
    member->driver.publish();
    ASSERT_FALSE(member->driver.take_failure());
  }

  /// With stock HDF5.
  Handle saved() const {
    const std::string path = ::testing::TempDir() + "dimension_scales_test." + std::to_string(::getpid()) + ".h5";
    file.save(path);
    return {H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose};
  }

  void TearDown() override { member->driver.retire(); }
};

Handle dataset(const Handle& opened, const std::string& path) {
  return {H5Dopen2(opened.get(), path.c_str(), H5P_DEFAULT), H5Dclose};
}

/// Type and extent of an attribute are those of another one. HDF5 2.x calls the axis in a REFERENCE_LIST unsigned,
/// which was signed before, and reads both.
void expect_same_attribute(hid_t a, hid_t b, const char* name) {
  const Handle one(H5Aopen(a, name, H5P_DEFAULT), H5Aclose);
  const Handle other(H5Aopen(b, name, H5P_DEFAULT), H5Aclose);
  const Handle type(H5Aget_type(one.get()), H5Tclose);
  const Handle other_type(H5Aget_type(other.get()), H5Tclose);
#if H5_VERSION_GE(2, 0, 0)
  if (std::string_view(name) != reference_list)
#endif
    EXPECT_GT(H5Tequal(type.get(), other_type.get()), 0) << name;
  const Handle extent(H5Aget_space(one.get()), H5Sclose);
  const Handle other_extent(H5Aget_space(other.get()), H5Sclose);
  EXPECT_GT(H5Sextent_equal(extent.get(), other_extent.get()), 0) << name;
  EXPECT_EQ(H5Aget_storage_size(one.get()), H5Aget_storage_size(other.get())) << name;
}

TEST_F(DimensionScalesTest, AreAttachedToTheAxesOfFieldsOfEveryCommit) {
  commit(fields(0, 3));
  commit(fields(3, 4));
  const Handle opened = saved();
  for (int n = 0; n < 4; ++n) {
    const Handle user = dataset(opened, field(n).path);
    EXPECT_EQ(H5DSget_num_scales(user.get(), 0), 1);
    for (const auto& [axis, name] : {std::pair(0u, "/r/time"), std::pair(1u, "/r/y"), std::pair(2u, "/r/x")}) {
      const Handle scale = dataset(opened, name);
      EXPECT_GT(H5DSis_attached(user.get(), scale.get(), axis), 0) << n << name;
      EXPECT_EQ(H5DSis_attached(user.get(), scale.get(), (axis + 1) % 3), 0) << n << name;
    }
  }
}

TEST_F(DimensionScalesTest, HaveTheAttributesThatHdf5Writes) {
  commit(fields(0, 2));
  const Handle opened = saved();
  const std::string path = ::testing::TempDir() + "dimension_scales_test_stock." + std::to_string(::getpid()) + ".h5";
  const Handle stock(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose);
  const hsize_t shape[] = {2, 6, 6};
  const Handle line(H5Screate_simple(1, shape, nullptr), H5Sclose);
  const Handle cube(H5Screate_simple(3, shape, nullptr), H5Sclose);
  const auto make = [&](const char* name, const Handle& extent) {
    return Handle(H5Dcreate2(stock.get(), name, H5T_IEEE_F64LE, extent.get(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                  H5Dclose);
  };
  const Handle scale = make("x", line);
  const Handle users[] = {make("a", cube), make("b", cube)};
  for (const Handle& user : users) {
    for (unsigned axis = 0; axis < 3; ++axis) {
      const Handle other = make((std::to_string(user.get()) + std::to_string(axis)).c_str(), line);
      EXPECT_GE(H5DSattach_scale(user.get(), axis == 2 ? scale.get() : other.get(), axis), 0);
    }
  }
  expect_same_attribute(dataset(opened, "/r/f0").get(), users[0].get(), "DIMENSION_LIST");
  expect_same_attribute(dataset(opened, "/r/x").get(), scale.get(), "REFERENCE_LIST");
}

/// Not with its square, as where the lists are written anew for every field.
TEST_F(DimensionScalesTest, SpaceGrowsWithTheNumberOfFields) {
  const std::uint64_t begin = space.end();
  commit(fields(0, 200));
  const std::uint64_t of_first = space.end() - begin;
  commit(fields(200, 400));
  EXPECT_LT(space.end() - begin, of_first * 2 + of_first / 5);
  const Handle opened = saved();
  const Handle scale = dataset(opened, "/r/x");
  EXPECT_GT(H5DSis_attached(dataset(opened, "/r/f399").get(), scale.get(), 2), 0);
}

/// Not with the square of the number of commits, where each has a new field; and every list is complete all the time.
TEST_F(DimensionScalesTest, SpaceGrowsWithTheNumberOfCommitsThatAddAField) {
  const auto space_of = [&](int begin, int end) {
    const std::uint64_t before = space.end();
    for (int n = begin; n < end; ++n) commit(fields(n, n + 1));
    return space.end() - before;
  };
  space_of(0, 100);
  const std::uint64_t early = space_of(100, 300);
  space_of(300, 600);
  const std::uint64_t late = space_of(600, 1000);
  EXPECT_LT(late, 2 * early + early / 4) << "twice as many commits";
  const Handle opened = saved();
  const Handle scale = dataset(opened, "/r/x");
  for (int n = 0; n < 1000; n += n < 20 ? 1 : 37) {
    EXPECT_GT(H5DSis_attached(dataset(opened, field(n).path).get(), scale.get(), 2), 0) << n;
  }
}

/// How many bytes are kept beside an object's header for its attributes.
hsize_t index_of_attributes(const Handle& opened, const char* path) {
#if H5_VERSION_GE(1, 12, 0)
  H5O_native_info_t info{};
  EXPECT_GE(H5Oget_native_info_by_name(opened.get(), path, &info, H5O_NATIVE_INFO_META_SIZE, H5P_DEFAULT), 0);
#else
  H5O_info_t info{};
  EXPECT_GE(H5Oget_info_by_name(opened.get(), path, &info, H5P_DEFAULT), 0);
#endif
  return info.meta_size.attr.index_size + info.meta_size.attr.heap_size;
}

/// HDF5 1.10.8 crashes where it copies an object whose attributes have an index of their own.
TEST_F(DimensionScalesTest, ManySmallAttributesStayInTheObjectsHeader) {
  commit(fields(0, 0));
  schema::Operations definitions = schema::create_field("/r", field(0, 100), 0);
  for (int n = 0; n < 100; ++n) {
    definitions.push_back(schema::SetAttribute{"/r", "parameter_" + std::to_string(n), n});
    definitions.push_back(schema::SetAttribute{"/", "parameter_" + std::to_string(n), n});
  }
  commit(definitions);
  const Handle opened = saved();
  for (const char* path : {"/", "/r", "/r/f0"}) {
    EXPECT_GT(H5Aexists_by_name(opened.get(), path, path[1] == 'r' && path[2] == '/' ? "note_99" : "parameter_99",
                                H5P_DEFAULT),
              0);
    EXPECT_EQ(index_of_attributes(opened, path), 0u) << path;
  }
}

}  // namespace
}  // namespace tessera::hdf5
