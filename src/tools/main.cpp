/// \file
/// The program `tessera`: tools around the library, one verb each, each in a directory of its own.

#include "tools/doctor/command.hpp"
#include "tools/ls/command.hpp"
#include "tools/paraview/command.hpp"
#include "tools/plot/command.hpp"
#include "tools/show/command.hpp"
#include "tools/tail/command.hpp"

int main(int argc, char** argv) {
  tessera::tools::Program program(argc, argv);
  add_ls(program);
  add_show(program);
  add_tail(program);
  add_plot(program);
  add_paraview(program);
  add_doctor(program);
  return program.run();
}
