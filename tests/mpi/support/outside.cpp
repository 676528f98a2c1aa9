#include "support/outside.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace tessera_test {

namespace {

const tessera::Index shape{8, 5, 4};

std::string broadcast(std::string text) {
  int size = static_cast<int>(text.size());
  MPI_Bcast(&size, 1, MPI_INT, 0, MPI_COMM_WORLD);
  text.resize(static_cast<std::size_t>(size));
  MPI_Bcast(text.data(), size, MPI_CHAR, 0, MPI_COMM_WORLD);
  return text;
}

std::string output_of(const std::string& command) {
  std::string text;
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return "cannot start " + command;
  std::array<char, 256> part;
  while (std::fgets(part.data(), part.size(), pipe) != nullptr) text += part.data();
  ::pclose(pipe);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace

std::string fresh_directory() {
  const std::string directory =
      output_directory() + "/" + testing::UnitTest::GetInstance()->current_test_info()->name();
  on_first_rank([&] {
    std::filesystem::remove_all(directory);
    std::filesystem::create_directories(directory);
  });
  return directory;
}

std::string with_xarray(const std::string& differs) {
  return R"(
try:
    import xarray
    for engine in "netcdf4", "h5netcdf":
        try:
            d = xarray.open_dataset(sys.argv[1], group="a", engine=engine)
        except ValueError:
            continue
        if )" +
         differs +
         R"(:
            print(engine, "differs")
except ImportError:
    pass
)";
}

bool has_python() { return *TESSERA_TEST_PYTHON != '\0'; }

std::string python(const std::string& program, const std::string& path) {
  std::string text;
  if (world_rank() == 0 && has_python()) {
    const std::string script = path + ".py";
    std::ofstream(script) << "import h5py, os, sys\nimport numpy as np\n" << program << "\n";
    text = output_of(std::string("timeout 300 " TESSERA_TEST_PYTHON " '") + script + "' '" + path + "' 2>&1");
    std::filesystem::remove(script);
  }
  return broadcast(text);
}

SmallFile::SmallFile(const std::string& path, tessera::Options options)
    : writer_(MPI_COMM_WORLD, path, options), run_(writer_.run("run")),
      field_(run_.field<double>("field", tessera::Grid{shape}, {.chunk = {2, 5, 4}})),
      box_(slabs(shape, world_size())[static_cast<std::size_t>(world_rank())][0]),
      values_(static_cast<std::size_t>(box_.volume())) {}

void SmallFile::commit() {
  time_ += 1;
  values_.assign(values_.size(), time_);
  auto step = run_.step(time_);
  step.put(field_, box_, values_.data());
  step.commit();
}

int SmallFile::steps_in(const std::string& path) {
  const std::string found = python(R"(
try:
    with h5py.File(sys.argv[1], "r") as file:
        if "run" not in file:
            print(0)
        else:
            field, time = file["run/field"][...], file["run/time"][...]
            steps = range(len(field))
            good = all((field[n] == n + 1).all() for n in steps) and (time == np.array(steps) + 1).all()
            print(len(field) if good else -1)
except OSError:
    print(-1))",
                                   path);
  return std::atoi(found.c_str());
}

}  // namespace tessera_test
