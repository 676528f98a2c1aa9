#pragma once

#include <gtest/gtest.h>

#include <string>

#include "support/same_error.hpp"
#include "support/test_file.hpp"

/// \file
/// Where the tests of bad input take place: a file with one run and one field, in which a wrong call is always
/// followed by a right step. At the end the file holds the right steps and nothing else; its manifest says so.

namespace tessera_test {

inline const tessera::Index scene_shape{8, 5, 4};

class Scene {
 public:
  Scene()
      : run(file.run("run", {{"note", "kept"}})), field(run.field<double>("field", tessera::Grid{scene_shape})),
        blocks(slabs(scene_shape, file.size())) {
    file.expected().depends_on_rank_count = true;  // as many wrong steps as there are groups of culprits
    right_step();
  }
  /// Closes the file, which holds the right steps alone.
  ~Scene() {
    if (!closed_) close();
  }
  void close() {
    closed_ = true;
    EXPECT_NO_THROW(file.close());
  }

  bool is(const std::set<int>& culprits) const { return culprits.contains(file.rank()); }
  tessera::Box own_box() const { return blocks[static_cast<std::size_t>(file.rank())][0]; }
  /// A time that comes after all times before.
  double next_time() { return time_ += 1; }

  /// Declares a field of `run`, where no fill value is said with one: there are steps already.
  template <class T>
  void define(const std::string& name, const tessera::Grid& grid, tessera::FieldOptions<T> options = {}) {
    define_in(run, name, grid, options);
  }
  template <class T>
  static void define_in(TestRun& owner, const std::string& name, const tessera::Grid& grid,
                        tessera::FieldOptions<T> options = {}) {
    if (!options.fill && options.time_dependent) options.fill = T{0};
    owner.raw().field<T>(name, grid, options);
  }

  void right_step() {
    auto step = run.step(next_time());
    step.put(field, blocks, {.halo = {{1}, {1}}});
    EXPECT_NO_THROW(step.commit());
  }

  /// For each group of culprits: they call `wrong(step)`, the others put their part; the commit has to be refused
  /// everywhere, and a right step goes through. The message names the culprit and the field.
  template <class Wrong>
  void refuse_put(Wanted wanted, Wrong&& wrong) {
    for (const std::set<int>& culprits : tessera_test::culprits()) {
      Wanted each = wanted;
      each.words.push_back(name_of(culprits));
      each.ranks = culprits;
      {
        auto step = run.step(next_time());
        if (is(culprits)) {
          wrong(step);
        } else {
          step.put(field, blocks);
        }
        expect_error(each, [&] { step.commit(); });
      }
      right_step();
    }
  }

  /// The same for a collective definition: `call(true)` is the wrong call, `call(false)` what the others do, of which
  /// nothing may stay.
  template <class Call>
  void refuse_call(Wanted wanted, Call&& call) {
    for (const std::set<int>& culprits : tessera_test::culprits()) {
      Wanted each = wanted;
      each.words.push_back(name_of(culprits));
      each.ranks = culprits;
      expect_error(each, [&] { call(is(culprits)); });
      right_step();
    }
  }

  /// The same where no call is wrong by itself, but one rank makes another one than the rest.
  template <class Call>
  void refuse_disagreement(Wanted wanted, Call&& call) {
    for (int culprit = 0; file.size() > 1 && culprit < file.size(); ++culprit) {
      Wanted each = wanted;
      each.words.push_back("rank " + std::to_string(culprit));
      if (file.size() > 2) each.ranks = {culprit};
      expect_error(each, [&] { call(file.rank() == culprit); });
      right_step();
    }
  }

  TestFile file;
  TestRun run;
  TestField<double> field;
  Blocks blocks;

 private:
  double time_ = 0;
  bool closed_ = false;
};

}  // namespace tessera_test
