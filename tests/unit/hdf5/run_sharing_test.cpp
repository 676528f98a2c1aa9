#include "hdf5/run_sharing.hpp"

#include <gtest/gtest.h>
#include <hdf5_hl.h>
#include <unistd.h>

#include <map>
#include <random>

#include "hdf5/arena.hpp"
#include "hdf5/check.hpp"
#include "hdf5/tree_set.hpp"
#include "memory_file.hpp"
#include "small_runs.hpp"

namespace tessera::hdf5 {
namespace {

/// A study: runs of one field, `time` and a text, and what a reader is to find of each.
struct Study : ::testing::Test, SmallRuns {
  /// Looks at the file with stock HDF5 before and after each write of the superblock.
  class WatchedFile : public MemoryFile {
   public:
    explicit WatchedFile(Study& study) : study_(study) {}
    void write(std::uint64_t offset, std::span<const std::byte> data) override {
      if (offset == 0 && study_.looks) {
        EXPECT_EQ(study_.read(), study_.published) << "the published tree was changed";
      }
      MemoryFile::write(offset, data);
    }

   private:
    Study& study_;
  };

  WatchedFile file{*this};
  std::optional<TreeSet> trees;
  Content published;
  bool looks = false;
  std::size_t note_every = 7;  ///< runs; 0: never
  std::vector<std::string> notes;

  void SetUp() override {
    file.readers = false;
    trees.emplace(file, TreeSet::Options{.grace = std::chrono::milliseconds(5)});
    trees->expect_no_readers();
  }

  /// Adds a step to a run, which is made where it is new.
  void step(const std::string& name, double value) {
    Content next = published;
    Record record;
    SmallRun& run = next[name];
    if (run.steps.empty()) define(record, name, run.text = "text of " + name);
    // What lies in the root is not given up with runs.
    if (note_every > 0 && published.size() % note_every == 3 % note_every) {
      const std::string note = "note_" + std::to_string(notes.size());
      record.definitions.push_back(schema::SetAttribute{"/", note, note});
      notes.push_back(note);
    }
    const std::uint64_t address = trees->end();
    add_step(record, run, "/" + name, value, address);
    const std::vector<double> values(16, value);
    file.write(address, std::as_bytes(std::span(values)));
    trees->reserve(128);
    trees->commit(std::move(record));
    published = std::move(next);
  }

  Handle saved() const {
    const std::string path = ::testing::TempDir() + "run_sharing_test." + std::to_string(::getpid()) + ".h5";
    file.save(path);
    return {H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose};
  }

  void expect_all_notes() const {
    const Handle opened = saved();
    for (const std::string& note : notes) EXPECT_EQ(text_of(opened, "/", note), note);
  }

  Content read() {
    const Quiet quiet;
    const Handle opened = saved();
    Content content;
    for (const auto& [name, expected] : published) {
      if (H5Lexists(opened.get(), name.c_str(), H5P_DEFAULT) <= 0) continue;
      SmallRun& run = content[name];
      run.text = text_of(opened, "/" + name);
      run.steps = values_of(opened, "/" + name + "/f", 16);
      if (values_of(opened, "/" + name + "/time", 1) != run.steps) run.text += ", other times";
      const Handle user(H5Dopen2(opened.get(), ("/" + name + "/f").c_str(), H5P_DEFAULT), H5Dclose);
      const Handle scale(H5Dopen2(opened.get(), ("/" + name + "/x").c_str(), H5P_DEFAULT), H5Dclose);
      if (H5DSis_attached(user.get(), scale.get(), 2) <= 0) run.text += ", without its axis";
    }
    return content;
  }
};

/// Of a file with many short runs a reader of any state finds all, though there is one copy of most and space is used
/// again; also where old runs go on, and where commits fail.
TEST_F(Study, HoldsWhatWasCommittedWhateverRunsGoOn) {
  std::mt19937 random(7);
  looks = true;
  int runs = 0;
  for (int commit = 0; commit < 240; ++commit) {
    const auto dice = random() % 100;
    if (dice < 60 || runs == 0) ++runs;
    const int chosen = dice < 85 ? runs - 1 : static_cast<int>(random() % static_cast<unsigned>(runs));
    looks = commit % 3 != 0;
    file.readers = random() % 16 == 0;  // another tree is made
    file.fails = random() % 20 == 0;
    if (file.fails) {
      looks = false;
      EXPECT_THROW(
          {
            Record record;
            define(record, "failed", "");
            trees->commit(std::move(record));
          },
          Error);
      file.fails = false;
      ASSERT_TRUE(trees->usable());
    }
    step("run_" + std::to_string(chosen), commit + 0.5);
    if (HasFailure()) return;
    if (commit % 40 == 39) {
      ASSERT_EQ(read(), published) << commit;
    }
  }
  ASSERT_EQ(read(), published);
  EXPECT_GT(notes.size(), 10u);
  expect_all_notes();
  trees->close();
  EXPECT_EQ(read(), published);
}

/// Texts of the root lie in blocks that texts of runs begin: where a tree gives up its own runs these blocks stay.
TEST_F(Study, TextsThatLieAmongRunsStay) {
  note_every = 1;
  for (int run = 0; run < 140; ++run) step("run_" + std::to_string(run), run);
  expect_all_notes();
  note_every = 0;
  step("run_139", 0.5);  // publishes the other tree
  expect_all_notes();
  EXPECT_EQ(notes.size(), 140u);
  EXPECT_EQ(read(), published);
}

/// The same of a file that jobs continue, some of which are killed: each puts its trees where those of others lay.
TEST_F(Study, HoldsWhatWasCommittedByManyJobs) {
  std::mt19937 engine(11);
  const auto random = [&] { return static_cast<unsigned>(engine()); };
  file.alone = true;
  unsigned runs = 0;
  std::uint64_t used_again = 0;
  for (int job = 0; job < 40; ++job) {
    if (job > 0) {
      trees.emplace(file, TreeSet::Options{.grace = std::chrono::milliseconds(5)}, TreeSet::Found{});
      used_again += trees->free_bytes();
    }
    const bool has_many_runs = job % 8 == 5;  // these are shared
    const int commits = has_many_runs ? 50 : static_cast<int>(random() % 6);
    for (int commit = 0; commit < commits; ++commit) {
      const bool is_new = runs == 0 || random() % 100 < (has_many_runs ? 90 : 15);
      const unsigned chosen = is_new ? runs++ : runs - 1 - random() % std::min(runs, random() % 4 == 0 ? runs : 2);
      looks = commit < 3 || commit % 8 == 0;
      file.alone = random() % 4 != 0;
      step("run_" + std::to_string(chosen), job + 0.5);
      if (HasFailure()) return;
    }
    looks = false;
    const MemoryFile left = file;
    trees->close();
    if (random() % 3 == 0) static_cast<MemoryFile&>(file) = left;
    trees.reset();
    ASSERT_EQ(read(), published) << job;
  }
  EXPECT_GT(used_again, 100'000u);
}

/// Runs after the first ones take little more than the first one did in one tree.
TEST_F(Study, OfShortRunsTheFileHoldsOneCopy) {
  for (const int steps : {1, 2, 3}) {
    SetUp();
    published.clear();
    std::uint64_t begin = 0;
    std::uint64_t of_one = 0;
    constexpr int first = 160;
    constexpr int last = 480;
    for (int run = 0; run < last; ++run) {
      const std::uint64_t before = trees->end();
      if (run == first) begin = before;
      step("run_" + std::to_string(run), run);
      if (run == 0) of_one = trees->end() - before;  // one tree, one step
      for (int n = 1; n < steps; ++n) step("run_" + std::to_string(run), run + n);
    }
    const std::uint64_t of_each = (trees->end() - begin) / (last - first);
    EXPECT_LT(of_each, of_one + of_one / 8 + static_cast<std::uint64_t>(128 * steps)) << steps << " steps";
  }
}

/// Now one tree's runs become shared, now the other's, whose space is used again where it gives up its own: of every 32
/// runs one has a second step, so that it is another tree's turn. Nothing else lies among the runs.
TEST_F(Study, EitherTreeMayBeTheOneWhoseRunsAreShared) {
  note_every = 0;
  for (int run = 0; run < 170; ++run) {
    looks = run % 3 == 0;
    step("run_" + std::to_string(run), run);
    if (run % 32 == 7) step("run_" + std::to_string(run), run + 0.5);
    if (HasFailure()) return;
  }
  EXPECT_EQ(read(), published);
  trees->close();
  EXPECT_EQ(read(), published);
}

/// Bytes that are written, objects that are open: as many for the last runs as for the first ones, but for a block of
/// the root's index of links, whose blocks are up to 64 KiB long in a long index.
TEST_F(Study, ALateRunCostsWhatAnEarlyOneDoes) {
  const auto writes_of = [&](int begin, int end) {
    std::uint64_t bytes = 0;
    file.writes.clear();
    for (int run = begin; run < end; ++run) step("run_" + std::to_string(run), run);
    for (const auto& write : file.writes) bytes += write.size;
    return bytes;
  };
  writes_of(0, 160);
  const auto early = writes_of(160, 320);
  const auto open = H5Fget_obj_count(H5F_OBJ_ALL, H5F_OBJ_ALL);
  writes_of(320, 1120);
  const auto late = writes_of(1120, 1280);
  EXPECT_LT(late, early + 160 * 8192);
  EXPECT_LE(H5Fget_obj_count(H5F_OBJ_ALL, H5F_OBJ_ALL), open + 8);
}

TEST(ArenaTest, TakesSpaceOnceMoreAfterItWasGivenUp) {
  Arena arena;
  arena.add(8, 20);
  arena.add(24, 40);
  EXPECT_FALSE(arena.take(8)) << "it is in use";
  arena.recycle();
  EXPECT_EQ(arena.free_bytes(), 32u);
  EXPECT_EQ(arena.take(10), 8u);
  EXPECT_EQ(arena.take(16), 24u);
  EXPECT_FALSE(arena.take(1));
  arena.leave();
  arena.recycle();
  EXPECT_EQ(arena.free_bytes(), 0u) << "what was left stays in use";
}

TEST(ChangesTest, TellsRunsFromDatasetsInTheRoot) {
  Record record;
  record.definitions = {schema::CreateDataset{"/T", DataType::float64, {1}, false, {}, Codec::none(), {}},
                        schema::SetAttribute{"/T", "units", std::string("K")}, schema::CreateGroup{"/new"},
                        schema::SetAttribute{"/new", "p", 1}, schema::SetAttribute{"/old", "p", 1}};
  record.begin = {{"/time", 1}, {"/other/time", 1}, {"/new/time", 1}};
  const Changes changes(record);
  EXPECT_EQ(changes.made, std::vector<std::string>{"/new"});
  EXPECT_EQ(changes.others, (Names{"/old", "/other"}));
  EXPECT_EQ(changes.defined, (Names{"/T", "/old"}));
  EXPECT_TRUE(changes.defines_late);
  const Record rest = without(record, {"/other", "/new"});
  EXPECT_EQ(rest.begin.size(), 1u);
  EXPECT_EQ(rest.definitions.size(), 3u);
}

}  // namespace
}  // namespace tessera::hdf5
