/// \file
/// The program `tessera`: tools around the library, one verb each, each in a directory of its own.

#include "tools/bench/command.hpp"
#include "tools/diff/command.hpp"
#include "tools/doctor/command.hpp"
#include "tools/extract/command.hpp"
#include "tools/join/command.hpp"
#include "tools/ls/command.hpp"
#include "tools/paraview/command.hpp"
#include "tools/plot/command.hpp"
#include "tools/refs/command.hpp"
#include "tools/repack/command.hpp"
#include "tools/show/command.hpp"
#include "tools/tail/command.hpp"
#include "tools/verify/command.hpp"

int main(int argc, char** argv) {
  tessera::tools::Program program(argc, argv);
  add_ls(program);
  add_show(program);
  add_tail(program);
  add_plot(program);
  add_paraview(program);
  add_verify(program);
  add_diff(program);
  add_refs(program);
  add_extract(program);
  add_repack(program);
  add_join(program);
  add_doctor(program);
  add_bench(program);
  return program.run();
}
