#include <optional>

#include <tessera/reader.hpp>

#include "scenario.hpp"
#include "witness.hpp"

/// \file
/// Reads everything of the file that make_beginning() made, with a fault, and once more without.

namespace tessera::fault {

namespace {

/// This rank's part of it: every rank asks for a slab, and for a layer of both neighbours' besides.
class ReadProgram {
 public:
  ReadProgram(const Setup& setup, const Fault* fault, Outcome& outcome)
      : setup_(setup), witness_(setup.limit, outcome), outcome_(outcome) {
    int rank = 0;
    int size = 1;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    box_ = {{std::max<std::int64_t>(0, grid_points[0] * rank / size - 1), 0, 0},
            {std::min(grid_points[0], grid_points[0] * (rank + 1) / size + 1), grid_points[1], grid_points[2]}};
    values_.resize(static_cast<std::size_t>(box_.volume()));
    labels_.resize(values_.size());
    setup_.injector->arm(fault != nullptr && fault->hits(rank) ? fault : nullptr);
  }

  void run() {
    if (twice("Reader", [&] { reader_.emplace(MPI_COMM_WORLD, setup_.file); })) {
      for (int n = 0; n < steps_before; ++n) {
        if (twice("read of step " + std::to_string(n), [&] { read(n); })) check(n);
      }
      if (twice("read of the static field", [&] { read_static(); })) check_static();
      twice("refresh", [&] { reader_->refresh(); });
      twice("close", [&] { reader_->close(); });
    }
    reader_.reset();
    setup_.injector->disarm();
    outcome_.fired = witness_.on_any(setup_.injector->fired());
    outcome_.counts = witness_.gather(setup_.injector->counts());
  }

 private:
  /// Once more without the fault where it fails.
  template <class Action>
  bool twice(const std::string& name, Action&& action) {
    if (witness_.call(name, action)) return true;
    setup_.injector->disarm();
    if (witness_.call(name + ", again", action)) return true;
    outcome_.losses.push_back("after the fault had gone: " + outcome_.last_error);
    return false;
  }

  void read(int n) {
    const auto run = reader_->run("r");
    auto step = run.step(n);
    if (run.scalar("e").at(static_cast<std::size_t>(n)) != 3.5 * n || step.time() != 0.25 * n)
      throw std::runtime_error("another scalar or time");
    step.get("a", box_, values_);
    step.read();
  }

  void read_static() {
    auto statics = reader_->run("r").statics();
    statics.get("m", box_, labels_);
    statics.read();
  }

  double global(std::size_t i) const {
    return static_cast<double>(box_.lower[0] * grid_points[1] * grid_points[2]) + static_cast<double>(i);
  }

  void check(int n) {
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (values_[i] != 1000.25 * n + global(i)) return outcome_.losses.push_back("other values than were written");
    }
  }

  void check_static() {
    for (std::size_t i = 0; i < labels_.size(); ++i) {
      if (labels_[i] != static_cast<std::int32_t>(global(i)) * 3)
        return outcome_.losses.push_back("other values of the static field");
    }
  }

  const Setup& setup_;
  Witness witness_;
  Outcome& outcome_;
  Box box_;
  std::vector<double> values_;
  std::vector<std::int32_t> labels_;
  std::optional<Reader> reader_;
};

}  // namespace

Outcome run_reading(const Setup& setup, const Fault* fault) {
  Outcome outcome;
  outcome.steps = steps_before;
  ReadProgram(setup, fault, outcome).run();
  return outcome;
}

}  // namespace tessera::fault
