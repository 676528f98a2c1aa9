#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "support/outside.hpp"

/// \file
/// Hints for MPI-IO that MPI refuses, by its error handler, which ends the program, or that MPI-IO fails on. Both
/// engines refuse them: which one it is may change without a new build.

using namespace tessera_test;
using tessera::ErrorCode;

namespace {

using Hint = std::pair<std::string, std::string>;

void refuse(const Hint& hint, std::vector<std::string> words) {
  const std::string path = fresh_directory() + "/file.h5";
  words.insert(words.begin(), {"hint", "Options::mpi_io_hints", "leave"});
  for (const std::set<int>& culprits : culprits()) {
    tessera::Options options{.overwrite = true};
    options.mpi_io_hints.push_back({"striping_factor", "1"});
    if (culprits.contains(world_rank())) options.mpi_io_hints.push_back(hint);
    Wanted wanted{ErrorCode::invalid_argument, words, culprits};
    wanted.words.push_back(name_of(culprits));
    expect_error(wanted, [&] { const tessera::Writer writer(MPI_COMM_WORLD, path, options); });
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(BadHints, KeyIsTooLong) {
  const std::string key(MPI_MAX_INFO_KEY, 'k');
  refuse({key, "1"}, {key, std::to_string(MPI_MAX_INFO_KEY) + " bytes", std::to_string(MPI_MAX_INFO_KEY - 1)});
  refuse({std::string(1000, 'k'), "1"}, {"1000 bytes"});
}

TEST(BadHints, KeyIsEmpty) { refuse({"", "1"}, {"no name"}); }

TEST(BadHints, ValueIsTooLong) {
  refuse({"cb_config_list", std::string(MPI_MAX_INFO_VAL, 'v')},
         {"cb_config_list", std::to_string(MPI_MAX_INFO_VAL) + " bytes"});
}

TEST(BadHints, ValueIsEmpty) { refuse({"access_style", ""}, {"access_style", "empty value"}); }

TEST(BadHints, ANulCutsOff) {
  refuse({std::string("cb_nodes\0x", 10), "1"}, {"NUL"});
  refuse({"access_style", std::string("a\0b", 3)}, {"access_style", "NUL"});
}

/// OMPIO of Open MPI 4.1 divides by cb_nodes; ROMIO takes memory of that size.
TEST(BadHints, NumbersThatMpiIoFailsOn) {
  for (const char* key : {"cb_nodes", "cb_buffer_size", "cb_block_size"}) {
    for (const char* value : {"0", "-5", "many", "99999999999", "1.5", " 1"}) {
      refuse({key, value}, {key, value, "from 1 to"});
    }
  }
}

TEST(BadHints, GoodOnesAreHandedOn) {
  const std::string path = fresh_directory() + "/file.h5";
  tessera::Options options{.overwrite = true};
  options.mpi_io_hints = {{"cb_nodes", "1"},
                          {"cb_buffer_size", "1048576"},
                          {"not_known_to_anyone", "maybe"},
                          {std::string(MPI_MAX_INFO_KEY - 1, 'k'), std::string(MPI_MAX_INFO_VAL - 1, 'v')}};
  SmallFile file(path, options);
  file.commit();
  file.writer().close();
  if (has_python()) {
    EXPECT_EQ(SmallFile::steps_in(path), 1);
  }
}

void end_the_program(MPI_Comm*, int*, ...) { std::abort(); }

/// An application may have said that errors of files end the program: those of ours are ours. Its handlers stay.
TEST(BadHints, HandlersOfTheApplicationStay) {
  MPI_File_set_errhandler(MPI_FILE_NULL, MPI_ERRORS_ARE_FATAL);
  MPI_Errhandler own = MPI_ERRHANDLER_NULL;
  MPI_Comm_create_errhandler(end_the_program, &own);
  MPI_Comm_set_errhandler(MPI_COMM_SELF, own);
  {
    tessera::Options options{.overwrite = true};
    options.mpi_io_hints = {{"cb_nodes", "1"}};
    SmallFile file(fresh_directory() + "/file.h5", options);
    file.commit();
    file.writer().close();
  }
  MPI_Errhandler found = MPI_ERRHANDLER_NULL;
  MPI_File_get_errhandler(MPI_FILE_NULL, &found);
  EXPECT_EQ(found, MPI_ERRORS_ARE_FATAL);
  MPI_File_set_errhandler(MPI_FILE_NULL, MPI_ERRORS_RETURN);
  MPI_Comm_get_errhandler(MPI_COMM_WORLD, &found);
  EXPECT_EQ(found, MPI_ERRORS_ARE_FATAL);
  MPI_Comm_get_errhandler(MPI_COMM_SELF, &found);
  EXPECT_EQ(found, own);
  MPI_Errhandler_free(&found);
  MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_ARE_FATAL);
  MPI_Errhandler_free(&own);
}

}  // namespace
