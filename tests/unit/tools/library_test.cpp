#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "tools/doctor/checks.hpp"
#include "tools/doctor/known_bugs.hpp"

using namespace tessera;
using namespace tessera::doctor;
using comm::MpiLibrary;

namespace {

Status status_of(const MpiLibrary& running, const MpiLibrary& built) { return check_mpi(running, built).status; }

TEST(MpiLibrary, IsReadFromItsOwnText) {
  const auto is = [](const char* text, const char* name, Version version) {
    const MpiLibrary found = comm::parse_library_version(text);
    return found.name == name && found.version == version;
  };
  EXPECT_TRUE(is("Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4, repo rev: v4.1.4, May 26, 2022", "Open MPI",
                 {4, 1, 4}));
  EXPECT_TRUE(is("MPICH Version:\t4.0.2\nMPICH Release date:\tThu Apr  7 2022", "MPICH", {4, 0, 2}));
  EXPECT_TRUE(is("Intel(R) MPI Library 2021.9 for Linux* OS\n", "Intel MPI", {2021, 9, 0}));
  EXPECT_TRUE(is("MPI VERSION    : CRAY MPICH version 8.1.28.15 (ANL base 3.4a2)", "Cray MPICH", {8, 1, 28}));
  EXPECT_TRUE(is("MVAPICH2 Version      :\t2.3.7\nMVAPICH2 Release date", "MVAPICH", {2, 3, 7}));
  EXPECT_TRUE(is("Some MPI 1.2, of long ago", "Some MPI 1.2", {1, 2, 0}));
}

TEST(MpiLibrary, TheRunningOneIsTheOneBuiltWith) {
  EXPECT_EQ(check_mpi(comm::running_mpi(), comm::built_mpi()).status, Status::ok);
}

TEST(MpiLibrary, AnotherOneIsAnErrorAnOlderOneAWarning) {
  EXPECT_EQ(status_of({"MPICH", {4, 0, 0}}, {"Open MPI", {4, 0, 0}}), Status::error);
  EXPECT_EQ(status_of({"Open MPI", {5, 0, 0}}, {"Open MPI", {4, 1, 4}}), Status::error);
  EXPECT_EQ(status_of({"Open MPI", {4, 0, 6}}, {"Open MPI", {4, 1, 4}}), Status::warning);
  EXPECT_EQ(status_of({"Open MPI", {4, 1, 6}}, {"Open MPI", {4, 1, 4}}), Status::ok);
  const Finding finding = check_mpi({"MPICH", {4, 0, 0}}, {"Open MPI", {4, 1, 4}});
  EXPECT_EQ(finding.text, "MPICH 4.0.0 runs, but Tessera was built with Open MPI 4.1.4");
  EXPECT_FALSE(finding.remedy.empty());
}

TEST(Hdf5Library, AnotherOneIsAnErrorAnotherPatchAWarning) {
  EXPECT_EQ(check_hdf5({{1, 10, 8}, {1, 10, 8}, true}).text, "1.10.8, parallel");
  EXPECT_EQ(check_hdf5({{1, 10, 8}, {1, 10, 8}, false}).status, Status::ok);
  EXPECT_EQ(check_hdf5({{1, 10, 9}, {1, 10, 8}, true}).status, Status::warning);
  EXPECT_EQ(check_hdf5({{1, 14, 5}, {1, 10, 8}, true}).status, Status::error);
  EXPECT_EQ(check_hdf5(hdf5::hdf5_library()).status, Status::ok);
}

TEST(Compressors, ZlibAloneIsAWarning) {
  EXPECT_EQ(check_compressors({"zlib 1.2.13"}).status, Status::warning);
  EXPECT_EQ(check_compressors({"ISA-L 2.30.0", "zlib 1.2.13"}).status, Status::ok);
}

TEST(ThreadLevel, SingleIsAWarning) {
  EXPECT_EQ(check_thread_level("single", false).status, Status::warning);
  EXPECT_EQ(check_thread_level("multiple", true).text, "up to the level multiple");
}

TEST(LoadedLibraries, AreOneOfEachKind) { EXPECT_EQ(check_loaded_libraries().status, Status::ok); }

class MpiBugs : public testing::Test {
 protected:
  MpiBugs() { clear(); }
  ~MpiBugs() override { clear(); }
  static void clear() {
    for (const KnownBug& bug : known_bugs()) unsetenv(std::string(bug.variable).c_str());
  }
  static std::size_t warnings(Version version, const Target& target = {".", {}, 1, 1}) {
    const auto findings = check_mpi_bugs({"Open MPI", version}, target);
    return worst(findings) == Status::ok ? 0 : findings.size();
  }
};

TEST_F(MpiBugs, EachHasASourceAnIntervalAndARemedy) {
  for (const KnownBug& bug : known_bugs()) {
    EXPECT_LT(bug.first, bug.mended) << bug.what;
    EXPECT_NE(bug.source.find("issue"), std::string_view::npos) << bug.what;
    EXPECT_FALSE(bug.variable.empty() || bug.value.empty()) << bug.what;
  }
}

TEST_F(MpiBugs, AreThoseOfTheVersion) {
  EXPECT_EQ(warnings({2, 1, 1}), 1u);
  EXPECT_EQ(warnings({3, 0, 4}), 0u);
  EXPECT_EQ(warnings({4, 0, 0}), 2u);
  EXPECT_EQ(warnings({4, 0, 5}), 0u);
  EXPECT_EQ(warnings({4, 1, 4}), 2u);
  EXPECT_EQ(warnings({4, 1, 6}), 1u);
  EXPECT_EQ(warnings({4, 1, 7}), 0u);
  EXPECT_EQ(warnings({5, 0, 3}), 1u);
  EXPECT_EQ(warnings({5, 0, 6}), 0u);
  EXPECT_EQ(check_mpi_bugs({"MPICH", {4, 1, 0}}, {}).front().text, "no known error of this version");
}

TEST_F(MpiBugs, NameTheIssueAndWhatToSet) {
  const Finding finding = check_mpi_bugs({"Open MPI", {5, 0, 3}}, {".", {}, 1, 1}).front();
  EXPECT_NE(finding.text.find("open-mpi/ompi issue 12718"), std::string::npos) << finding.text;
  EXPECT_EQ(finding.remedy, "export OMPI_MCA_fs_ufs_lock_algorithm=3, or use Open MPI 5.0.6 or newer");
}

TEST_F(MpiBugs, AreAvoidedBySettings) {
  setenv("OMPI_MCA_fs_ufs_lock_algorithm", "1", 1);
  EXPECT_EQ(warnings({5, 0, 3}), 1u) << "another value";
  setenv("OMPI_MCA_fs_ufs_lock_algorithm", "3", 1);
  EXPECT_EQ(warnings({5, 0, 3}), 0u);
  EXPECT_EQ(check_mpi_bugs({"Open MPI", {5, 0, 3}}, {".", {}, 1, 1}).front().text,
            "1 known error of this version avoided by the environment");
  EXPECT_EQ(warnings({4, 1, 4}), 1u);
  setenv("OMPI_MCA_io", "romio321", 1);
  EXPECT_EQ(warnings({4, 1, 4}), 0u) << "without OMPIO none of them is there";
}

TEST_F(MpiBugs, OfLongPathsWhereTheDirectoryHasOne) {
  EXPECT_EQ(warnings({5, 0, 7}), 0u);
  EXPECT_EQ(warnings({5, 0, 7}, {"/tmp/" + std::string(200, 'x'), {}, 1, 1}), 1u);
  EXPECT_EQ(warnings({5, 0, 10}, {"/tmp/" + std::string(200, 'x'), {}, 1, 1}), 0u);
}

}  // namespace
