#include "scenario.hpp"

#include <optional>
#include <stdexcept>

#include "kinds.hpp"
#include "snapshot.hpp"
#include "witness.hpp"

namespace tessera::fault {

namespace {

const std::int64_t nz = grid_points[0], ny = grid_points[1], nx = grid_points[2];

/// This rank's part of the run, and the run itself.
class Program {
 public:
  Program(const Setup& setup, const Fault* fault, Policy policy, Outcome& outcome)
      : setup_(setup), fault_(fault), policy_(policy), witness_(setup.limit, outcome), outcome_(outcome) {
    int rank = 0;
    int size = 1;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    rank_ = rank;
    box_ = Box{{nz * rank / size, 0, 0}, {nz * (rank + 1) / size, ny, nx}};
    values_.resize(static_cast<std::size_t>(box_.volume()));
    labels_.resize(values_.size());
    setup_.injector->arm(fault_ != nullptr && fault_->hits(rank) ? fault_ : nullptr);
  }

  void run() {
    const bool began = begin();
    if (began) {
      define();
      if (setup_.goes_on) go_on();
      while (next_ < all_steps && write_step()) outcome_.steps = ++next_;
      close();
    }
    setup_.injector->disarm();
    outcome_.fired = witness_.on_any(setup_.injector->fired());
    outcome_.counts = witness_.gather(setup_.injector->counts());
  }

  void make_beginning() {
    begin();
    define();
    while (next_ < steps_before && write_step()) ++next_;
    witness_.call("another run", [&] {
      const Grid grid{{nz, ny, nx}};
      auto other = writer_->run("other");
      auto field = other.field<double>("a", grid);
      auto step = other.step(7);
      step.put(field, box_, values_.data());
      step.commit();
    });
    close();
    if (outcome_.errors > 0) throw std::runtime_error(outcome_.first_error);
  }

 private:
  /// The writer, at the second try when the first one failed.
  bool begin() {
    const auto make = [&] { writer_.emplace(MPI_COMM_WORLD, setup_.file, setup_.options); };
    if (witness_.call("Writer", make)) return true;
    look();
    if (policy_ == Policy::close_under) return false;
    if (fault_->persistent && witness_.call("Writer, in vain", make)) return true;
    setup_.injector->disarm();
    if (witness_.call("Writer, again", make)) return true;
    outcome_.losses.push_back("no writer after the fault had gone");
    return false;
  }

  void go_on() {
    next_ = steps_kept;
    witness_.call("keep", [&] { run_->keep(steps_kept); });
  }

  void define() {
    run_.emplace(writer_->run("r", {{"resolution", 8}}));
    const Grid grid{{nz, ny, nx}, {.spacing = {0.5}}};
    a_.emplace(run_->field<double>("a", grid, {.unit = "K", .chunk = {3, ny, nx}}));
    m_.emplace(run_->field<std::int32_t>("m", grid, {.time_dependent = false}));
    b_.emplace(run_->field<double>("b", grid, {.fill = -1}));
    if (setup_.has_kinds) kinds_.emplace(*run_, grid);
  }

  /// Step n: `a`, and `e`; with the first the static `m`, with the last one a field that begins late.
  void commit(int n) {
    for (std::size_t i = 0; i < values_.size(); ++i) {
      const auto global = static_cast<double>(box_.lower[0] * ny * nx) + static_cast<double>(i);
      values_[i] = 1000.25 * n + global;
      labels_[i] = static_cast<std::int32_t>(global) * 3;
    }
    if (kinds_) kinds_->prepare(*run_, n);
    auto step = run_->step(0.25 * n);
    if (kinds_) kinds_->put(step, n, box_, values_);
    step.put(*a_, box_, values_.data());
    if (n == 0) step.put(*m_, box_, labels_.data());
    if (n == all_steps - 1) step.put(*b_, box_, tessera::copied(values_));
    step.scalar("e", 3.5 * n);
    if (!setup_.in_flight) return step.commit();
    step.commit_async();
    writer_->wait();
  }

  /// False where the program gives up.
  bool write_step() {
    const int n = next_;
    const auto make = [&] { commit(n); };
    if (witness_.call("commit " + std::to_string(n), make)) return true;
    look();
    if (policy_ != Policy::retry) return false;
    for (int i = 0; fault_->persistent && i < 2; ++i) {
      if (witness_.call("commit, in vain", make)) return true;
    }
    setup_.injector->disarm();
    if (witness_.call("commit, again", make)) return true;
    outcome_.losses.push_back("step " + std::to_string(n) +
                              " cannot be committed after the fault had gone: " + outcome_.last_error);
    return false;
  }

  void close() {
    const bool fired_before = witness_.on_any(setup_.injector->fired());
    close_writer();
    outcome_.in_close = witness_.on_any(setup_.injector->fired()) && !fired_before;
  }

  void close_writer() {
    if (policy_ != Policy::close_under) {
      if (outcome_.errors > 0) setup_.injector->disarm();
      const int before = outcome_.errors;
      outcome_.last_failed = !witness_.call("close", [&] { writer_->close(); });
      if (before > 0 && outcome_.errors > before) outcome_.losses.push_back("close failed after the fault had gone");
    } else {
      outcome_.last_failed = !witness_.call("close under the fault", [&] { writer_->close(); });
    }
    writer_.reset();
  }

  /// Keeps the file as the first error left it.
  void look() {
    if (outcome_.errors != 1) return;
    const std::string copy = setup_.file + ".after";
    if (rank_ == 0) {
      const Pause pause(*setup_.injector);
      copy_file(setup_.file, copy);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    outcome_.snapshots.emplace_back(copy, run_ ? outcome_.steps : no_writer);
  }

  const Setup& setup_;
  const Fault* fault_;
  Policy policy_;
  Witness witness_;
  Outcome& outcome_;
  int rank_ = 0;
  int next_ = 0;  ///< the step to write
  Box box_;
  std::vector<double> values_;
  std::vector<std::int32_t> labels_;
  std::optional<Writer> writer_;
  std::optional<Run> run_;
  std::optional<Field<double>> a_;
  std::optional<Field<double>> b_;
  std::optional<Field<std::int32_t>> m_;
  std::optional<Kinds> kinds_;
};

}  // namespace

Outcome run(const Setup& setup, const Fault* fault, Policy policy) {
  Outcome outcome;
  if (setup.goes_on) outcome.steps = steps_before;
  Program(setup, fault, policy, outcome).run();
  return outcome;
}

void make_beginning(const Setup& setup) {
  Outcome outcome;
  Program(setup, nullptr, Policy::retry, outcome).make_beginning();
}

}  // namespace tessera::fault
