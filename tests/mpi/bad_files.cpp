#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <tessera/config.hpp>

#include "support/outside.hpp"
#include "support/scene.hpp"

/// \file
/// Files that cannot be made, and communicators on which none can.

using namespace tessera_test;
using tessera::ErrorCode;
using tessera::Options;
using tessera::Writer;

namespace {

namespace fs = std::filesystem;

void make_file(const std::string& path, const std::string& text) {
  if (world_rank() == 0) std::ofstream(path) << text;
  MPI_Barrier(MPI_COMM_WORLD);
}

std::string text_of(const std::string& path) {
  std::ifstream stream(path);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void refuse_path(const std::string& path, Wanted wanted, const Options& options = {}) {
  wanted.words.push_back(path);
  expect_error(wanted, [&] { const Writer writer(MPI_COMM_WORLD, path, options); });
}

TEST(BadFile, InADirectoryThatDoesNotExist) {
  refuse_path(fresh_directory() + "/missing/file.h5", {ErrorCode::storage, {"does not exist", "create it first"}});
}

TEST(BadFile, BelowARegularFile) {
  const std::string directory = fresh_directory();
  make_file(directory + "/regular", "a file");
  refuse_path(directory + "/regular/file.h5", {ErrorCode::storage, {"not a directory"}});
  EXPECT_EQ(text_of(directory + "/regular"), "a file");
}

TEST(BadFile, IsADirectory) {
  const std::string directory = fresh_directory();
  for (const bool overwrite : {false, true}) {
    refuse_path(directory, {ErrorCode::storage, {"is a directory", "name of a file"}}, {.overwrite = overwrite});
  }
  EXPECT_TRUE(fs::is_directory(directory));
}

/// Root may write into any directory, but not even root makes files in /proc.
TEST(BadFile, InADirectoryThatCannotBeWritten) {
  refuse_path("/proc/tessera_test.h5", {ErrorCode::storage, {"/proc"}});
  if (geteuid() == 0) {
    std::printf("run as root: permissions of directories cannot be tested, /proc stands for them\n");
    return;
  }
  const std::string directory = fresh_directory();
  if (world_rank() == 0) fs::permissions(directory, fs::perms::owner_read | fs::perms::owner_exec);
  MPI_Barrier(MPI_COMM_WORLD);
  refuse_path(directory + "/file.h5", {ErrorCode::storage, {"Permission denied", "permissions"}});
  if (world_rank() == 0) fs::permissions(directory, fs::perms::owner_all);
}

TEST(BadFile, PathIsEmpty) { refuse_path("", {ErrorCode::invalid_argument, {"path is empty"}}); }

TEST(BadFile, NameIsTooLong) {
  refuse_path(fresh_directory() + "/" + std::string(300, 'x') + ".h5", {ErrorCode::storage, {}});
}

/// Longer than what some MPI-IO can take. Either it works, or it is refused; it must not crash.
TEST(BadFile, PathIsLong) {
  std::string directory = fresh_directory();
  while (directory.size() < 400) directory += "/" + std::string(50, 'f');
  if (world_rank() == 0) fs::create_directories(directory);
  MPI_Barrier(MPI_COMM_WORLD);
  const auto thrown = thrown_by([&] { Writer(MPI_COMM_WORLD, directory + "/file.h5").close(); });
  if (is_collective() && thrown.code != 0) {
    expect_same_error(thrown, {ErrorCode::storage, {"too long", "Engine::direct"}});
  } else {
    EXPECT_EQ(thrown.code, 0) << thrown.what;
  }
}

TEST(BadFile, ExistsAndIsKept) {
  const std::string path = fresh_directory() + "/file.h5";
  make_file(path, "precious");
  refuse_path(path, {ErrorCode::file_exists, {"exists", "Options::overwrite"}});
  EXPECT_EQ(text_of(path), "precious");
}

TEST(BadFile, ExistsAndIsReplacedOnRequest) {
  make_file(output_path(), "not needed any more");
  Scene scene;  // sets Options::overwrite
}

TEST(BadFile, DifferentPathsOnOneRank) {
  const std::string directory = fresh_directory();
  for (int culprit = 0; world_size() > 1 && culprit < world_size(); ++culprit) {
    const std::string path = directory + (world_rank() == culprit ? "/other.h5" : "/file.h5");
    expect_error({ErrorCode::ranks_disagree, {"/other.h5", "/file.h5"}},
                 [&] { const Writer writer(MPI_COMM_WORLD, path); });
  }
  EXPECT_TRUE(fs::is_empty(directory));
}

TEST(BadFile, DifferentOptionsOnOneRank) {
  const std::string directory = fresh_directory();
  std::vector<Options> options(6);
  options[0].overwrite = true;
  options[1].history = "mine";
  options[2].attributes = {{"title", "mine"}};
  options[3].codec = tessera::Codec::deflate(9);
  options[4].chunk_bytes = 1 << 22;
  options[5].engine = tessera::Engine::collective;
  for (std::size_t number = 0; world_size() > 1 && number < options.size(); ++number) {
    const int culprit = static_cast<int>(number) % world_size();
    const bool is_named_by_environment = number == 5 && std::getenv("TESSERA_ENGINE") != nullptr;
    if (is_named_by_environment) continue;                     // then the option has no effect
    if (number == 5 && !TESSERA_HAVE_PARALLEL_HDF5) continue;  // no_collective.cpp: asking for it is wrong already
    expect_error({ErrorCode::ranks_disagree, {"Writer('", "rank " + std::to_string(culprit)}}, [&] {
      const Writer writer(MPI_COMM_WORLD, directory + "/file.h5",
                          world_rank() == culprit ? options[number] : Options{});
    });
  }
  EXPECT_TRUE(fs::is_empty(directory));
}

TEST(BadFile, CodecIsImpossible) {
  const std::string directory = fresh_directory();
  for (const std::set<int>& culprits : culprits()) {
    Options options;
    if (culprits.contains(world_rank())) options.codec.level = 11;
    expect_error({ErrorCode::invalid_argument, {"codec level 11", name_of(culprits)}, culprits},
                 [&] { const Writer writer(MPI_COMM_WORLD, directory + "/file.h5", options); });
  }
  EXPECT_TRUE(fs::is_empty(directory));
}

TEST(BadCommunicator, IsNull) {
  expect_error({ErrorCode::invalid_argument, {"MPI_COMM_NULL"}},
               [] { const Writer writer(MPI_COMM_NULL, output_path()); });
}

TEST(BadCommunicator, IsAnIntercommunicator) {
  if (world_size() == 1) return;  // takes two groups
  MPI_Comm half = MPI_COMM_NULL;
  MPI_Comm inter = MPI_COMM_NULL;
  const int side = world_rank() % 2;
  MPI_Comm_split(MPI_COMM_WORLD, side, 0, &half);
  MPI_Intercomm_create(half, 0, MPI_COMM_WORLD, 1 - side, 7, &inter);
  expect_error({ErrorCode::invalid_argument, {"intercommunicator", "MPI_Intercomm_merge"}},
               [&] { const Writer writer(inter, output_path()); });
  MPI_Comm_free(&inter);
  MPI_Comm_free(&half);
}

}  // namespace
