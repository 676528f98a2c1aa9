#include <gtest/gtest.h>

#include <functional>

#include "support/scene.hpp"

/// \file
/// Texts and attributes that a file cannot hold, at every place where there are such: refused where they are given, not
/// by HDF5 in a later commit.

using namespace tessera_test;
using tessera::Attributes;
using tessera::ErrorCode;
using tessera::Grid;
using tessera::Options;

namespace {

const std::string latin1 = "Universit\xe4t";
const std::string surrogate = "a\xed\xa0\x80";
const std::string nul = std::string("K\0s", 3);

/// What a call with this text has to say: whose text it is, and what is wrong with it.
using Call = std::function<void(Scene&, const std::string&)>;

void refuse_texts(const std::string& whose, const Call& call) {
  Scene scene;
  for (const auto& [text, why] : {std::pair(latin1, "not valid UTF-8 at byte 9"),
                                  std::pair(surrogate, "UTF-8 at byte 1"), std::pair(nul, "NUL (byte 1 of 3)")}) {
    scene.refuse_call({ErrorCode::invalid_argument, {whose, why}},
                      [&](bool wrong) { call(scene, wrong ? text : std::string("right")); });
  }
}

TEST(BadText, OfAParameter) {
  refuse_texts("the attribute 'place' of run 'other'", [](Scene& scene, const std::string& text) {
    scene.file.raw().run("other", {{"place", text}});
  });
  refuse_texts("the attribute 'places' of run 'run'", [](Scene& scene, const std::string& text) {
    scene.run.raw().attribute("places", std::vector<std::string>{"first", text});
  });
  refuse_texts("the attribute 'place' of the root group", [](Scene& scene, const std::string& text) {
    scene.file.raw().root({{"place", text}});
  });
}

TEST(BadText, OfAField) {
  refuse_texts("the unit of field 'other'", [](Scene& scene, const std::string& text) {
    scene.define<double>("other", Grid{scene_shape}, {.unit = text});
  });
  refuse_texts("the long_name of field 'other'", [](Scene& scene, const std::string& text) {
    scene.define<double>("other", Grid{scene_shape}, {.long_name = text});
  });
  refuse_texts("the attribute 'note' of field 'other'", [](Scene& scene, const std::string& text) {
    scene.define<double>("other", Grid{scene_shape}, {.attributes = {{"note", text}}});
  });
}

TEST(BadText, OfAnAxis) {
  refuse_texts("the unit of the axis 'a' of field 'other'", [](Scene& scene, const std::string& text) {
    scene.define<double>("other", Grid{{4}, {.axes = {"a"}, .unit = text}});
  });
  refuse_texts("the attribute 'note' of the axis 'a' of field 'other'", [](Scene& scene, const std::string& text) {
    scene.define<double>("other", Grid{{4}, {.axes = {"a"}, .attributes = {{{"note", text}}}}});
  });
}

TEST(BadText, OfTheTimeAxis) {
  refuse_texts("the time unit of run 'other'",
               [](Scene& scene, const std::string& text) { scene.file.raw().run("other", {}, {.time_unit = text}); });
  refuse_texts("the attribute 'calendar' of the time axis of run 'other'", [](Scene& scene, const std::string& text) {
    scene.file.raw().run("other", {}, {.time_attributes = {{"calendar", text}}});
  });
}

TEST(BadText, OfAScalar) {
  refuse_texts("the unit of scalar 'other'",
               [](Scene& scene, const std::string& text) { scene.run.raw().scalar("other", {.unit = text}); });
  refuse_texts("the long_name of scalar 'other'",
               [](Scene& scene, const std::string& text) { scene.run.raw().scalar("other", {.long_name = text}); });
}

TEST(BadAttribute, OfAnAxisOrOfTheTime) {
  Scene scene;
  const auto refuse = [&](ErrorCode code, const std::vector<std::string>& words, const Attributes& attributes) {
    scene.refuse_call({code, words}, [&](bool wrong) {
      scene.define<double>("other", Grid{{4}, {.axes = {"a"}, .attributes = {wrong ? attributes : Attributes{}}}});
    });
    scene.refuse_call({code, words}, [&](bool wrong) {
      scene.file.raw().run("other", {}, {.time_attributes = wrong ? attributes : Attributes{}});
    });
  };
  refuse(ErrorCode::name_in_use, {"attribute 'units'", "axis", "'other'"}, {{"units", "m"}});
  refuse(ErrorCode::name_in_use, {"attribute 'twice'", "axis"}, {{"twice", 1}, {"twice", 2}});
  refuse(ErrorCode::invalid_argument, {"attribute 'NAME'", "reserve"}, {{"NAME", "m"}});
  refuse(ErrorCode::invalid_argument, {"attribute name ''", "empty"}, {{"", 1}});
  scene.refuse_call({ErrorCode::invalid_argument, {"1 axes but 2 lists of attributes"}}, [&](bool wrong) {
    scene.define<double>("other", Grid{{4}, {.axes = {"a"}, .attributes = std::vector<Attributes>(wrong ? 2 : 1)}});
  });
}

/// The constructor has the rules of Run::attribute: nothing is left for the first commit to trip over.
TEST(BadOptions, Attributes) {
  const auto refuse = [](ErrorCode code, const std::vector<std::string>& words, const Options& options) {
    for (const std::set<int>& culprits : culprits()) {
      const bool wrong = culprits.contains(world_rank());
      Options mine = wrong ? options : Options{};
      mine.overwrite = true;
      expect_error({code, words, culprits}, [&] { const tessera::Writer writer(MPI_COMM_WORLD, output_path(), mine); });
    }
  };
  refuse(ErrorCode::name_in_use, {"attribute 'history' of the root group"}, {.attributes = {{"history", "mine"}}});
  refuse(ErrorCode::name_in_use, {"attribute 'a' of the root group", "once"}, {.attributes = {{"a", 1}, {"a", 2}}});
  refuse(ErrorCode::invalid_argument, {"attribute name ''", "empty"}, {.attributes = {{"", 1}}});
  refuse(ErrorCode::invalid_argument, {"attribute name 'a/b'", "slash"}, {.attributes = {{"a/b", 1}}});
  refuse(ErrorCode::invalid_argument, {"'CLASS'", "reserve"}, {.attributes = {{"CLASS", 1}}});
  refuse(ErrorCode::invalid_argument, {"'big' of the root group", "2^63 - 1"}, {.attributes = {{"big", UINT64_MAX}}});
  refuse(ErrorCode::invalid_argument, {"'text' of the root group", "byte 9"}, {.attributes = {{"text", latin1}}});
  refuse(ErrorCode::invalid_argument, {"'text' of the root group", "83886080 bytes"},
         {.attributes = {{"text", std::string(std::size_t{80} << 20, 'x')}}});
  refuse(ErrorCode::invalid_argument, {"Options::history", "UTF-8"}, {.history = latin1});
  refuse(ErrorCode::invalid_argument, {"Options::history", "NUL"}, {.history = nul});
  // What is possible goes into the file with the first commit.
  TestFile file({.attributes = {{"long", std::string(70000, 'x')}, {"large", INT64_MAX}}});
  file.run("run");
  file.close();
}

}  // namespace
