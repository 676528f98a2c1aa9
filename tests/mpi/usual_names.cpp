#include <gtest/gtest.h>

#include "support/test_file.hpp"

using namespace tessera_test;
using tessera::Grid;

namespace {

/// What is neither refused nor warned of is taken by netCDF's tools as well: tests/interop/check_names.py asks them.
TEST(UsualName, IsTakenByAllTools) {
  TestFile file;
  auto run = file.run("run 1: \xce\xb1=2\xc2\xb0");
  auto step_values = std::vector<TestField<double>>();
  for (const char* name : {"a b",
                           "100%",
                           "1st",
                           "_x",
                           "x(1)",
                           "a:b",
                           "a@2",
                           "x+y",
                           "a.b",
                           "a,b",
                           "a;b",
                           "a=b",
                           "a*b",
                           "a?b",
                           "a[0]",
                           "a{b}",
                           "a|b",
                           "a~b",
                           "a^b",
                           "a#b",
                           "a$b",
                           "a&b",
                           "a!b",
                           "a<b>",
                           "a'b",
                           "a\"b",
                           "a\\b",
                           "a`b",
                           "\xcf\x81",
                           "Gr\xc3\xb6\xc3\x9f"
                           "e",
                           "\xe6\x97\xa5\xe6\x9c\xac",
                           "\xf0\x9f\x8c\x8a"}) {
    step_values.push_back(run.field<double>(name, Grid{{4}, {.axes = {"x"}}}, {.attributes = {{name, 1}}}));
  }
  auto step = run.step(0);
  for (const auto& field : step_values) step.put(field, slabs({4}, file.size()));
  step.commit();
  EXPECT_EQ(file.raw().explain().find("warning"), std::string::npos) << file.raw().explain();
  file.close();
}

}  // namespace
