#include "tools/common/program.hpp"

#include <CLI/CLI.hpp>

#include <utility>

#include <tessera/config.hpp>
#include <tessera/error.hpp>

#include "comm/mpi_library.hpp"
#include "hdf5/hdf5_library.hpp"
#include "tools/common/told.hpp"

namespace tessera::tools {

namespace {

std::string version_text() {
  const auto mpi = comm::built_mpi();
  const auto hdf5 = hdf5::hdf5_library();
  return "tessera " TESSERA_VERSION_STRING " (" + mpi.name + " " + to_string(mpi.version) + ", HDF5 " +
         to_string(hdf5.built) + (hdf5.parallel ? " parallel" : " serial") + ")";
}

}  // namespace

Program::Program(int& argc, char**& argv)
    : argc_(argc), argv_(argv),
      app_(std::make_unique<CLI::App>("Tools around Tessera, parallel compressed HDF5 output for simulations",
                                      "tessera")) {
  app_->set_version_flag("--version", version_text);
  app_->require_subcommand(1);
  app_->footer("tessera VERB --help says more.");
}

Program::~Program() = default;

CLI::App* Program::add_verb(const std::string& name, const std::string& what_it_does, std::function<int()> work) {
  CLI::App* verb = app_->add_subcommand(name, what_it_does);
  verb->callback([this, work = std::move(work)] { chosen_ = work; });
  return verb;
}

std::string Program::called() const {
  const auto verbs = app_->get_subcommands();
  return verbs.empty() ? "tessera" : "tessera " + verbs.front()->get_name();
}

int Program::run() {
  return told([this] {
    try {
      app_->parse(argc_, argv_);
    } catch (const CLI::Success& help_or_version) {
      return app_->exit(help_or_version);
    } catch (const CLI::ParseError& error) {
      throw Error(ErrorCode::invalid_argument, std::string(error.what()) + " (" + called() + " --help says more)");
    }
    return chosen_();
  });
}

}  // namespace tessera::tools
