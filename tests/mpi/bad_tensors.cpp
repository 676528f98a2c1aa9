#include <gtest/gtest.h>

#include <complex>
#include <cstdint>
#include <string>
#include <vector>

#include <tessera/writer.hpp>

#include "support/same_error.hpp"
#include "support/test_file.hpp"

/// \file
/// Tensors that cannot be, and arrays that do not fit.

using namespace tessera_test;
using tessera::Box;
using tessera::ErrorCode;
using tessera::Field;
using tessera::FieldOptions;
using tessera::Grid;
using tessera::Index;
using tessera::TensorAxis;
using tessera::Writer;

namespace {

const Index shape{3, 4, 5};
const std::vector<TensorAxis> xyz{{"row", {"x", "y", "z"}}, {"column", {"x", "y", "z"}}};

TEST(BadTensors, OnAxesThatCannotBe) {
  Writer out(MPI_COMM_WORLD, output_path(), {.overwrite = true});
  auto run = out.run("a");
  const auto refuse = [&](ErrorCode code, std::vector<std::string> words, const FieldOptions<double>& options) {
    words.emplace_back("field 'V'");
    expect_error({code, words}, [&] { run.field<double>("V", Grid{shape}, options); });
  };
  const auto wrong = ErrorCode::invalid_argument;
  refuse(wrong, {"1 tensor axes"}, {.tensor_axes = {{"row", {"x", "y"}}}});
  refuse(wrong, {"3 tensor axes"}, {.tensor_axes = {{.length = 2}, {.length = 2}, {.length = 2}}});
  refuse(wrong, {"'row' of length 0"}, {.tensor_axes = {{}, {.length = 3}}});
  refuse(wrong, {"'column' of length -3"}, {.tensor_axes = {{.length = 3}, {.length = -3}}});
  refuse(wrong, {"'row' of length 2 with 3 names"}, {.tensor_axes = {{"row", {"x", "y", "z"}, 2}, {.length = 3}}});
  refuse(wrong, {"8 components", "3 x 3"}, {.components = 8, .tensor_axes = xyz});
  refuse(wrong, {"one component"}, {.tensor_axes = {{.length = 1}, {.length = 1}}});
  refuse(wrong, {"component_names", "tensor_axes"}, {.component_names = {"u", "v"}, .tensor_axes = xyz});
  refuse(wrong, {"300 x 300 components"}, {.tensor_axes = {{.length = 300}, {.length = 300}}});
  const std::int64_t huge = std::int64_t{1} << 62;
  refuse(wrong, {"1 to 65536"}, {.tensor_axes = {{.length = huge}, {.length = huge}}});
  refuse(wrong, {"component 1", "'column'", "'x'", "another"},
         {.tensor_axes = {{.length = 3}, {"column", {"x", "x"}}}});
  refuse(wrong, {"component 0", "empty"}, {.tensor_axes = {{"row", {"", "y"}}, {.length = 3}}});
  expect_error({wrong, {"axis of components", "a/b"}}, [&] {
    run.field<double>("V", Grid{shape}, {.tensor_axes = {{"a/b", {"x"}}, {.length = 3}}});
  });
  refuse(ErrorCode::name_in_use, {"two tensor axes", "'row'"},
         {.tensor_axes = {{.length = 2}, {.name = "row", .length = 3}}});
  refuse(ErrorCode::name_in_use, {"'x'", "TensorAxis::name"},
         {.tensor_axes = {{.name = "x", .length = 2}, {.length = 3}}});
  refuse(ErrorCode::name_in_use, {"'tensor_axes'"}, {.tensor_axes = xyz, .attributes = {{"tensor_axes", "mine"}}});
  refuse(ErrorCode::name_in_use, {"'tensor_axes'"}, {.attributes = {{"tensor_axes", "y x"}}});  // would make them such
  run.field<double>("T", Grid{shape}, {.tensor_axes = xyz});
  refuse(ErrorCode::name_in_use, {"'row'", "length", "TensorAxis::name"},
         {.tensor_axes = {{.length = 2}, {.length = 2}}});
  run.field<double>("U", Grid{shape}, {.component_names = {"x", "y", "z"}, .component_axis = "row"});
  expect_error({wrong, {"complex"}}, [&] { run.field<std::complex<double>>("C", Grid{shape}, {.tensor_axes = xyz}); });
  if (world_size() > 1) {
    expect_error({ErrorCode::ranks_disagree, {"tensor_axes"}}, [&] {
      const std::string name = world_rank() == 0 ? "a" : "b";
      run.field<double>("D", Grid{shape}, {.tensor_axes = {{"first", {"x", name}}, {.name = "second", .length = 3}}});
    });
  }
  out.close();
}

TEST(BadTensors, PutFromArraysThatDoNotFit) {
  Writer out(MPI_COMM_WORLD, output_path(), {.overwrite = true});
  auto run = out.run("a");
  const auto field = run.field<double>("V", Grid{shape}, {.tensor_axes = xyz});
  const auto flat = run.field<double>("F", Grid{shape}, {.components = 9, .fill = 0.0});
  const Box box{{0, 0, 0}, shape};
  const std::vector<double> values(540, 1.0);
  for (const std::set<int>& culprit : culprits()) {
    const bool is_wrong = culprit.empty() || culprit.contains(world_rank());
    const auto refuse = [&](const std::string& word, const Field<double>& where, const auto& source) {
      expect_error({ErrorCode::shape_mismatch, {word}, culprit}, [&] {
        auto step = run.step(0);
        if (is_wrong) step.put(where, box, source);
        step.commit();
      });
    };
    refuse("(3, 4, 5, 9), the components perhaps as 3 x 3", field, tessera::array(values.data(), {3, 4, 5, 3}));
    refuse("(3, 4, 5, 3, 3)", field, tessera::array(values.data(), {3, 4, 5, 9, 1}));
    refuse("extents (5, 4, 3, 3, 3)", field, tessera::array(values.data(), {5, 4, 3, 3, 3}));
    refuse("180 elements", field, std::vector<double>(180));
    refuse("9 components, but 3 arrays", field,
           tessera::components(std::vector<double>(60), std::vector<double>(60), std::vector<double>(60)));
    refuse("(3, 4, 5, 3, 3)", flat, tessera::array(values.data(), {3, 4, 5, 3, 3}));
  }
  out.close();
}

}  // namespace
