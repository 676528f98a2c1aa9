#include "paraview/live.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace tessera::paraview {
namespace {

namespace fs = std::filesystem;

TEST(IsDueTest, AlwaysWhereThereAreFewSteps) {
  for (const Format format : {Format::vtkhdf, Format::xdmf}) {
    EXPECT_TRUE(is_due(format, -1, 0));
    EXPECT_FALSE(is_due(format, 3, 3));
    EXPECT_TRUE(is_due(format, 3, 4));
    EXPECT_TRUE(is_due(format, 3, 2)) << "steps that were dropped are not shown";
  }
  EXPECT_TRUE(is_due(Format::xdmf, 199, 200) == false && is_due(Format::xdmf, 198, 200));
  EXPECT_TRUE(is_due(Format::vtkhdf, 9998, 9999));
  EXPECT_FALSE(is_due(Format::vtkhdf, 29'998, 30'000));
  EXPECT_TRUE(is_due(Format::vtkhdf, 29'997, 30'000));
}

/// A run of a catalog; there is no study, which side files only name.
struct LiveSideFilesTest : testing::Test {
  LiveSideFilesTest() : directory(fs::temp_directory_path() / ("live_test." + std::to_string(::getpid()))) {
    fs::create_directories(directory);
    catalog.define_root("made", {});
    run = catalog.add_run("r", {}, {});
    const Grid grid{{4, 3, 2}, {.spacing = {0.5}}};
    field = catalog.add_field(run, schema::describe(*catalog.group(run).run, "f", grid,
                                                    detail::untyped(FieldOptions<double>{}), Codec{}));
    catalog.choose_chunk(run, field, {4, 3, 2});
  }
  ~LiveSideFilesTest() override { fs::remove_all(directory); }

  void commit(LiveSideFiles& files) {
    const double time = static_cast<double>(catalog.group(run).steps);
    catalog.define_step(run, true, {field}, {});
    catalog.add_step(run, &time, {field}, {});
    const bool has_new = catalog.has_queued();
    catalog.settle();
    files.after_commit(catalog, run, has_new);
  }
  std::string content() const {
    std::ifstream file(directory / "study.r.xmf");
    return {std::istreambuf_iterator<char>(file), {}};
  }
  /// Steps that the side file shows.
  std::int64_t shown() const {
    const std::string text = content();
    std::int64_t count = 0;
    for (auto at = text.find("<Time "); at != text.npos; at = text.find("<Time ", at + 1)) ++count;
    return count;
  }

  fs::path directory;
  LiveSideFiles::Settings xdmf{SideFiles::xdmf, false, false};
  schema::Catalog catalog{schema::Catalog::Limits{}};
  int run = 0;
  int field = 0;
};

TEST_F(LiveSideFilesTest, ShowEveryCommit) {
  LiveSideFiles files(directory / "study.h5", xdmf);
  for (int step = 1; step <= 5; ++step) {
    commit(files);
    EXPECT_EQ(shown(), step);
  }
  EXPECT_NE(content().find(">study.h5:/r/f<"), std::string::npos) << content();
}

TEST_F(LiveSideFilesTest, LagByAHundredthAndCatchUp) {
  LiveSideFiles files(directory / "study.h5", xdmf);
  for (int step = 1; step <= 301; ++step) {
    commit(files);
    EXPECT_GE(shown(), step - step / 100);
  }
  EXPECT_LT(shown(), 301);
  files.at_close(catalog);
  EXPECT_EQ(shown(), 301);
}

TEST_F(LiveSideFilesTest, ForgetStepsBeforeTheyGo) {
  LiveSideFiles files(directory / "study.h5", xdmf);
  for (int step = 1; step <= 3; ++step) commit(files);
  const schema::Catalog kept = catalog;
  for (int step = 4; step <= 5; ++step) commit(files);
  files.before_cut(kept, run);
  EXPECT_EQ(shown(), 3);
}

TEST_F(LiveSideFilesTest, OfAnEarlierJobGoWhereNothingCanBeShown) {
  {
    LiveSideFiles earlier(directory / "study.h5", xdmf);
    for (int step = 1; step <= 3; ++step) commit(earlier);
    std::ofstream(directory / "study.s.xmf") << "of somebody else";
  }
  schema::Catalog other{schema::Catalog::Limits{}};
  other.define_root("made", {});
  LiveSideFiles files(directory / "study.h5", xdmf);
  for (const std::string name : {"r", "s"}) {
    const int flat = other.add_run(name, {}, {});
    const auto described = schema::describe(*other.group(flat).run, "f", Grid{{4, 3, 2, 2}},
                                            detail::untyped(FieldOptions<double>{}), Codec{});
    const int number = other.add_field(flat, described);
    other.choose_chunk(flat, number, {4, 3, 2, 2});
    const double time = 0;
    other.define_step(flat, true, {number}, {});
    other.add_step(flat, &time, {number}, {});
    other.settle();
    testing::internal::CaptureStderr();
    files.after_commit(other, flat, true);
    const std::string told = testing::internal::GetCapturedStderr();
    EXPECT_EQ(told.find("study.r.xmf is removed") != told.npos, name == "r") << told;
  }
  EXPECT_FALSE(fs::exists(directory / "study.r.xmf"));
  EXPECT_TRUE(fs::exists(directory / "study.s.xmf"));
}

TEST_F(LiveSideFilesTest, WaitForTheEndWhereTheFileCannotBeOpened) {
  LiveSideFiles files(directory / "study.h5", {SideFiles::xdmf, false, true});
  for (int step = 1; step <= 3; ++step) commit(files);
  EXPECT_EQ(shown(), 0);
  files.at_close(catalog);
  EXPECT_EQ(shown(), 3);
}

TEST_F(LiveSideFilesTest, LeaveNothingUnfinished) {
  LiveSideFiles files(directory / "study.h5", {SideFiles::both, true, false});
  for (int step = 1; step <= 3; ++step) commit(files);
  EXPECT_EQ(std::distance(fs::directory_iterator(directory), fs::directory_iterator()), 2);
}

}  // namespace
}  // namespace tessera::paraview
