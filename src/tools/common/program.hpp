#pragma once

#include <functional>
#include <memory>
#include <string>

namespace CLI {
class App;
}

namespace tessera::tools {

/// The program's command line, to which each verb adds itself.
class Program {
 public:
  /// \param argc, argv what main has; MPI wants to see them too
  Program(int& argc, char**& argv);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  /// A verb of that name. Where the command line names it, `work` is done once that was read, and returns the exit
  /// code. Options are added to what this returns.
  CLI::App* add_verb(const std::string& name, const std::string& what_it_does, std::function<int()> work);

  /// Reads the command line and does what it says. What `work` throws is told on standard error, as one line.
  /// \returns the exit code
  int run();

  // For MPI_Init.
  int& argc() noexcept { return argc_; }
  char**& argv() noexcept { return argv_; }

 private:
  std::string called() const;  ///< "tessera ls", as far as it was read

  int& argc_;
  char**& argv_;
  std::unique_ptr<CLI::App> app_;
  std::function<int()> chosen_;
};

}  // namespace tessera::tools
