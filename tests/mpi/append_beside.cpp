#include <gtest/gtest.h>

#include <random>

#include "support/outside.hpp"
#include "support/test_file.hpp"

/// \file
/// Another program adds things to a file between the jobs that continue it: they stay as they are, also where steps
/// before and behind them are dropped, and their space is used again.

using namespace tessera_test;
using tessera::Grid;

namespace {

constexpr std::int64_t cells = 301;  // whose compressed size is no multiple of anything

double value_of(std::int64_t step, std::int64_t cell) {
  return static_cast<double>((step * 7919 + cell * cell * 31) % 1009);
}

/// Keeps some steps, and writes others. \return how many there are
std::int64_t job(const std::string& path, std::int64_t keep, std::int64_t add) {
  tessera::Writer out(MPI_COMM_WORLD, path, {.open = tessera::OpenMode::append_or_create, .reader_grace_ms = 0});
  auto run = out.run("s");
  const auto field = run.field<double>("a", Grid{{cells}}, {.chunk = {100}});
  if (run.steps() > keep) run.keep(keep);
  const std::int64_t first = cells * world_rank() / world_size();
  const std::int64_t last = cells * (world_rank() + 1) / world_size();
  for (std::int64_t i = 0; i < add; ++i) {
    const std::int64_t n = run.steps();
    std::vector<double> values;
    for (std::int64_t cell = first; cell < last; ++cell) values.push_back(value_of(n, cell));
    auto step = run.step(static_cast<double>(n));
    step.put(field, {{first}, {last}}, values);
    step.commit();
  }
  const std::int64_t steps = run.steps();
  out.close();
  return steps;
}

/// A program of h5py: `add` puts things into the file in session number `n`, `wrong` says which of them are not there.
std::string additions(bool with_groups) {
  return std::string("with_groups = ") + (with_groups ? "True" : "False") + R"(
import numpy as np
def bytes_of(n): return np.arange(1 + n % 7, dtype=np.uint8) + n
def numbers_of(n): return np.arange(n, n + 40)
def add(f, n):
    f.create_dataset(f"bytes_{n}", data=bytes_of(n))
    f.attrs[f"note_{n}"] = "x" * (n % 11 + 1)
    f["s"].attrs[f"remark_{n}"] = numbers_of(n)[:n % 5 + 1]
    f["s/a"].attrs[f"list_{n}"] = ["text " + str(n), "b"]
    if with_groups:
        f.create_dataset(f"notes_{n}/numbers", data=numbers_of(n), compression=n % 10)
        f[f"notes_{n}"].attrs["text"] = "of " + str(n)
    f.create_dataset(f"byte_{n}", data=bytes_of(n)[:1])
def wrong(f, n):
    checks = {
        "bytes": lambda: np.array_equal(f[f"bytes_{n}"], bytes_of(n)),
        "byte": lambda: np.array_equal(f[f"byte_{n}"], bytes_of(n)[:1]),
        "note": lambda: f.attrs[f"note_{n}"] == "x" * (n % 11 + 1),
        "remark": lambda: np.array_equal(f["s"].attrs[f"remark_{n}"], numbers_of(n)[:n % 5 + 1]),
        "list": lambda: list(f["s/a"].attrs[f"list_{n}"]) == ["text " + str(n), "b"],
        "numbers": lambda: not with_groups or np.array_equal(f[f"notes_{n}/numbers"], numbers_of(n)),
        "text": lambda: not with_groups or f[f"notes_{n}"].attrs["text"] == "of " + str(n)}
    found = []
    for name, check in checks.items():
        try:
            if not check(): found.append(f"{name}_{n} is another one")
        except Exception as error: found.append(f"{name}_{n}: {error}")
    return found
)";
}

/// What h5py finds wrong after `sessions` of them; "" where nothing is.
std::string problems(const std::string& path, bool with_groups, int sessions, std::int64_t steps) {
  return python(additions(with_groups) + "sessions, steps = " + std::to_string(sessions) + ", " +
                    std::to_string(steps) + R"(
with h5py.File(sys.argv[1], "r") as f:
    found = [text for n in range(sessions) for text in wrong(f, n)]
    n, cell = np.mgrid[:steps, :301]
    if not np.array_equal(f["s/a"], (n * 7919 + cell * cell * 31) % 1009): found.append("other steps")
    print("; ".join(found))
)",
                path);
}

void jobs_and_sessions(const std::string& path, bool with_groups) {
  std::mt19937 random(with_groups ? 1 : 2);
  std::int64_t steps = job(path, 0, 3);
  for (int session = 0; session < 6; ++session) {
    python(additions(with_groups) + "with h5py.File(sys.argv[1], 'r+') as f: add(f, " + std::to_string(session) + ")",
           path);
    const std::int64_t keep = random() % 3 == 0 ? 0 : static_cast<std::int64_t>(random() % 4);
    steps = job(path, keep, 1 + static_cast<std::int64_t>(random() % 5));
    ASSERT_EQ(problems(path, with_groups, session + 1, steps), "") << "session " << session;
  }
}

TEST(AppendBeside, WhatAnotherProgramAddsToTheRoot) {
  if (!has_python()) GTEST_SKIP() << "needs Python with h5py";
  jobs_and_sessions(output_path(), false);
}

TEST(AppendBeside, WhatItAddsInGroupsOfItsOwn) {
  if (!has_python()) GTEST_SKIP() << "needs Python with h5py";
  jobs_and_sessions(output_path(), true);
}

}  // namespace
