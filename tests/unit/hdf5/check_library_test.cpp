#include "hdf5/check_library.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include <tessera/error.hpp>

#include "base/loaded_libraries.hpp"

namespace tessera::hdf5 {
namespace {

std::string refusal(Version running, Version built) {
  try {
    check_version({running, built, true}, "/opt/hdf5/lib/libhdf5.so.310");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::hdf5);
    return error.what();
  }
  return {};
}

TEST(Hdf5Library, ThatIsLoadedIsTheOneBuiltWith) {
  EXPECT_NO_THROW(check_files());
  EXPECT_NO_THROW(check_version());
}

/// HDF5 itself would end the program at its first macro.
TEST(Hdf5Library, OfAnotherVersionIsRefusedByName) {
  unsetenv("HDF5_DISABLE_VERSION_CHECK");
  EXPECT_EQ(refusal({1, 10, 8}, {1, 10, 8}), "");
  EXPECT_EQ(refusal({1, 14, 6}, {1, 14, 5}), "");
  for (const Version built : {Version{1, 10, 8}, Version{2, 0, 0}}) {
    const std::string text = refusal({1, 14, 5}, built);
    EXPECT_NE(text.find("HDF5 1.14.5 (/opt/hdf5/lib/libhdf5.so.310) is loaded"), std::string::npos) << text;
    EXPECT_NE(text.find(to_string(built)), std::string::npos) << text;
    EXPECT_NE(text.find("LD_LIBRARY_PATH"), std::string::npos) << text;
  }
  EXPECT_NE(refusal({1, 10, 8}, {1, 10, 7}), "");
  setenv("HDF5_DISABLE_VERSION_CHECK", "1", 1);
  EXPECT_EQ(refusal({1, 14, 5}, {1, 10, 8}), "");
  unsetenv("HDF5_DISABLE_VERSION_CHECK");
}

TEST(LoadedLibraries, AreToldByTheFunctionsInThem) {
  const std::string c = library_of(reinterpret_cast<const void*>(&std::getenv));
  EXPECT_NE(c.find("libc.so"), std::string::npos) << c;
  EXPECT_EQ(library_seen_from(c, "getenv"), c);
  EXPECT_EQ(library_seen_from("/nowhere.so", "getenv"), "");
  EXPECT_EQ(library_of(nullptr), "");
}

}  // namespace
}  // namespace tessera::hdf5
