#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "readers.hpp"

namespace bench {

PythonReader::PythonReader(const std::string& interpreter, const std::string& script, const std::string& path) {
  if (interpreter.empty()) return;
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  if (pipe(in.data()) != 0 || pipe(out.data()) != 0) throw std::runtime_error("no pipe");
  process_ = fork();
  if (process_ == 0) {
    dup2(in[0], 0);
    dup2(out[1], 1);
    close(in[1]);
    close(out[0]);
    execl(interpreter.c_str(), interpreter.c_str(), script.c_str(), path.c_str(), dataset_path, nullptr);
    _exit(127);
  }
  close(in[0]);
  close(out[1]);
  to_ = in[1];
  from_ = out[0];
}

PythonReader::~PythonReader() {
  if (process_ < 0) return;
  close(to_);
  close(from_);
  waitpid(process_, nullptr, 0);
}

double PythonReader::read() {
  std::string text;
  char one = '\n';
  if (::write(to_, &one, 1) != 1) throw std::runtime_error("h5py has ended");
  while (::read(from_, &one, 1) == 1 && one != '\n') text += one;
  if (text.empty()) throw std::runtime_error("h5py has ended");
  return std::atof(text.c_str());
}

std::uint64_t bytes_read() {
  std::ifstream in("/proc/self/io");
  std::string name;
  std::uint64_t value = 0;
  in >> name >> value;
  return value;
}

}  // namespace bench
